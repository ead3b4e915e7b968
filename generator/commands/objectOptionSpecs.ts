import type { OptionSpec } from './command.ts';

/** The options that say how objects are checked, as kubeconform has them. */
export const objectOptions: readonly OptionSpec[] = [
  { flags: '--kubernetes <version>', description: 'check against this version: what breaks at an upgrade' },
  {
    flags: '--schema-location <template>',
    description: 'where schemas are looked for, in this order; "default" is what Slipway has (repeatable)',
    isRepeatable: true,
  },
  { flags: '--skip <kinds>', description: 'leave these out: Kind or group/version/Kind, separated by commas' },
  { flags: '--reject <kinds>', description: 'refuse these: Kind or group/version/Kind, separated by commas' },
  { flags: '--ignore-missing-schemas', description: 'leave out kinds without schema' },
];
