import { bootstrapCommand } from './bootstrap/command.ts';
import { bundleCommand } from './bundle/command.ts';
import { catalogCommand } from './catalog/command.ts';
import type { CommandSpec, Verb } from './command.ts';
import { isGroup } from './command.ts';
import { commitCommand } from './commit/command.ts';
import { completionCommand } from './completion/command.ts';
import { diffCommand } from './diff/command.ts';
import { doctorCommand } from './doctor/command.ts';
import { driftCommand } from './drift/command.ts';
import { explainCommand } from './explain/command.ts';
import { graphCommand } from './graph/command.ts';
import { initCommand } from './init/command.ts';
import { inspectCommand } from './inspect/command.ts';
import { newCommand } from './new/command.ts';
import { previewCommand } from './preview/command.ts';
import { promoteCommand } from './promote/command.ts';
import { renderCommand } from './render/command.ts';
import { reportCommand } from './report/command.ts';
import { schemaCommand } from './schema/command.ts';
import { upgradeCommand } from './upgrade/command.ts';
import { validateCommand } from './validate/command.ts';
import { versionCommand } from './version/command.ts';

/** Every verb, in the order of help. Declarations only: what a command does is loaded when it is called. */
export const verbs: readonly Verb[] = [
  initCommand,
  renderCommand,
  validateCommand,
  diffCommand,
  reportCommand,
  driftCommand,
  commitCommand,
  promoteCommand,
  upgradeCommand,
  bootstrapCommand,
  previewCommand,
  explainCommand,
  inspectCommand,
  graphCommand,
  catalogCommand,
  bundleCommand,
  schemaCommand,
  newCommand,
  doctorCommand,
  versionCommand,
  completionCommand(() => verbs),
];

/** Every command with its words: `catalog list`. */
export const commands: readonly (CommandSpec & { readonly path: string })[] = verbs.flatMap((verb) =>
  isGroup(verb) ? verb.commands.map((c) => ({ ...c, path: `${verb.name} ${c.name}` })) : [{ ...verb, path: verb.name }],
);
