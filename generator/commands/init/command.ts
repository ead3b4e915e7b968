import type { Invocation } from '../command.ts';
import { defineCommand } from '../command.ts';
import { choice, consent, list, optionalArgument, text } from '../options.ts';

const args = { folder: optionalArgument('folder of the fleet (default: this one)', { suggests: 'folder' }) };

const about = { hasVariable: false };

const options = {
  cluster: text('name', 'also make a first cluster', about),
  environment: text('name', 'environment of the first cluster: dev or prod (default: dev)', about),
  domain: text('domain', 'its domain', about),
  distribution: text('name', 'what it runs: k3s, rke2, eks …', about),
  repository: text('url', 'where Argo CD reads this repository (default: the remote of git)', about),
  branch: text('name', 'branch that Argo CD follows (default: that of git)', about),
  ci: choice(
    'name',
    'whose CI to set up; auto: by the host of the repository',
    ['auto', 'github', 'gitlab', 'forgejo', 'none'],
    about,
  ),
  owners: list('names', 'who reviews changes (CODEOWNERS), separated by commas', about),
  yes: consent('ask nothing: take what git says and the defaults'),
};

export type InitInvocation = Invocation<typeof options, typeof args>;

export const initCommand = defineCommand({
  name: 'init',
  summary:
    'Make a fleet of a folder, whatever is in it: environments, CI, package.json; keeps every file that is there',
  arguments: args,
  options,
  needs: { environment: 'cluster', domain: 'cluster', distribution: 'cluster' },
  examples: [
    'slipway init',
    'slipway init --cluster dev --domain dev.example.org --distribution k3s --ci github --owners @acme/platform',
    'slipway init platform/fleet --repository https://git.example.org/acme/mono.git --branch main --yes',
  ],
  readsCatalog: false,
  asks: true,
  load: async () => (await import('./init.ts')).init,
});
