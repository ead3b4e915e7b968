/** `1.34` of `1.34.2`. */
export const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/** Helm wants three numbers: `1.34` is `1.34.0`. */
export const kubeVersionOf = (version: string): string => (version.split('.').length === 2 ? `${version}.0` : version);

/** Less than 0 where the first of two versions is older, by their minors. */
export const compareMinors = (a: string, b: string): number =>
  Number(minorOf(a).split('.')[1]) - Number(minorOf(b).split('.')[1]);
