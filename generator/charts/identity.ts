import { withoutEnd } from '../util/text.ts';

/** What identifies a chart at a version, wherever it is installed. */
export interface ChartIdentity {
  readonly repository: string;
  readonly name: string;
  readonly version: string;
}

/** The identity as one text, for keys of maps: a repository with or without `/` at its end is the same. */
export const chartKey = ({ repository, name, version }: ChartIdentity): string =>
  [withoutEnd(repository, '/'), name, version].join('\0');
