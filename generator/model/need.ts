/** A component that another one comes after. */
export interface Need {
  readonly component: string;
  readonly optional: boolean;
  /** CEL; undefined: always. */
  readonly when: string | undefined;
  readonly reason: string;
}
