import type { Result } from '../command.ts';
import type { InitInvocation } from './command.ts';
import { fleetFiles } from './fleetFiles.ts';
import { shellCommand } from '../../util/shell.ts';

/** Makes a fleet repository: the catalog and schemas are copied, so that the team owns and versions them. */
export async function init({ ctx, args, global }: InitInvocation): Promise<Result> {
  const folder = ctx.absolute(args.folder, global.root);
  const files = fleetFiles();
  const copies = ['catalog', 'schemas'];
  ctx.makeFleet(folder, copies, files);
  const created = [...copies.map((name) => `${name}/`), ...files.keys()];
  return {
    text: created.join('\n'),
    data: { folder, created },
    summary: `Made ${folder.split(/[\\/]/).at(-1) ?? folder}. Next: ${shellCommand('cd', args.folder)}, git init, set git.repoURL in environments/base.yaml, slipway render. README.md says how to go on.`,
  };
}
