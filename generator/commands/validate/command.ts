import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { flag, list, restArguments, text, texts } from '../options.ts';
import { offline, selection, stats } from '../shared/options.ts';

const args = {
  files: restArguments('files or folders of objects, - for the input (default: the fleet)', { suggests: 'file' }),
};

/** How objects are checked, as kubeconform has it. */
const objectOptions = {
  kubernetes: text('version', 'check against this version: what breaks at an upgrade'),
  schemaLocation: texts('template', 'where schemas are looked for, in this order; "default" is what Slipway has'),
  skip: list('kinds', 'leave these out: Kind or group/version/Kind, separated by commas'),
  reject: list('kinds', 'refuse these: Kind or group/version/Kind, separated by commas'),
  ignoreMissingSchemas: flag('leave out kinds without schema'),
};

const options = { ...objectOptions, ...selection, ...offline, ...stats };

export type ValidateInvocation = Invocation<typeof options, typeof args>;

export const validateCommand = defineCommand({
  name: 'validate',
  summary: 'Say every problem of specs, catalog and tree, or of files of Kubernetes objects; write nothing',
  arguments: args,
  options,
  excludes: [
    ['files', 'cluster'],
    ['files', 'selector'],
    ['files', 'stats'],
  ],
  examples: [
    'slipway validate',
    'slipway validate -c staging-us -o github',
    'slipway validate --kubernetes 1.36',
    'slipway validate --skip Secret,v1/ConfigMap manifests/',
    'slipway validate --schema-location default --schema-location schemas.example/ - < objects.yaml',
  ],
  load: async () => (await import('./validate.ts')).validate,
});
