/** Which objects are left out of checks or refused, with the meaning that the options have in kubeconform. */
export interface ObjectPolicy {
  /** `Kind` or `<apiVersion>/<Kind>`, letter by letter: not checked. */
  readonly skip: ReadonlySet<string>;
  /** The same: an error wherever it stands. What is skipped is not rejected. */
  readonly reject: ReadonlySet<string>;
  /** Kinds without schema are skipped. */
  readonly ignoreMissingSchemas: boolean;
}

export const plainPolicy: ObjectPolicy = { skip: new Set(), reject: new Set(), ignoreMissingSchemas: false };

/** What the policy says of a kind, before any schema is asked. */
export function treatmentOf(
  apiVersion: string,
  kind: string,
  { skip, reject }: ObjectPolicy,
): 'skip' | 'reject' | 'check' {
  const names = [`${apiVersion}/${kind}`, kind];
  if (names.some((name) => skip.has(name))) return 'skip';
  return names.some((name) => reject.has(name)) ? 'reject' : 'check';
}

/** Major and minor of a version: `1.36` of `1.36`, `v1.36` and `1.36.2`; undefined for anything else. */
export function readMinor(version: string): string | undefined {
  return /^v?(1\.\d+)(?:\.\d+)?$/.exec(version)?.[1];
}
