/** Of the program; package.json has the same. */
export const version = '0.1.0';

/** What it is called on npm; package.json has the same. */
export const packageName = '@slipway-dev/slipway';

/** The package with the chart engine for a platform (`linux`, `x64`: as Node.js names them). */
export const enginePackage = (platform: string, arch: string): string => `@slipway-dev/engine-${platform}-${arch}`;
