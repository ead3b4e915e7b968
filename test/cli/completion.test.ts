import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { scripts } from '../../generator/commands/completion/scripts.ts';
import { cli, repository, workspace } from '../helpers/workspace.ts';

let root: string;
beforeEach(() => {
  root = workspace({
    'clusters/prod-eu.yaml': '',
    'clusters/prod-us.yml': '',
    'other/clusters/test.yaml': '',
    'environments/staging.yaml': '',
    'environments/live.yml': '',
    'catalog/demo/capability.yaml': '',
    'catalog/demo/demo-chart/component.yaml': '',
    'custom/own/own-config/component.yaml': '',
    'manifests/one.yaml': '',
    'bin/slipway': `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`,
    'slipway.bash': scripts.bash,
    _slipway: scripts.zsh,
    'slipway.fish': scripts.fish,
  });
  chmodSync(join(root, 'bin/slipway'), 0o755);
  mkdirSync(join(root, 'manifests/more'));
});

function ask(program: string, ...args: readonly string[]): string {
  const path = `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`;
  const env = { PATH: path, HOME: root, TERM: 'dumb', XDG_CONFIG_HOME: join(root, '.config') };
  const { stdout, stderr, status } = spawnSync(program, args, { cwd: root, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${String(status)}: ${stderr}`);
  return stdout;
}

/** The words that each shell, itself, offers where the cursor is behind a line. */
const shells: Readonly<Record<string, (line: string) => readonly string[]>> = {
  bash(line) {
    // = and : part words, as in COMP_WORDBREAKS
    const words = line.split(/ |(=)/).filter((word) => word !== undefined);
    const typed = words.at(-1) === '' && words.at(-2) === '=' ? words.slice(0, -1) : words;
    const script =
      'source ./slipway.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _slipway; [ ${#COMPREPLY[@]} = 0 ] || printf "%s\\n" "${COMPREPLY[@]}"';
    return lines(ask('bash', '--noprofile', '--norc', '-c', script, 'bash', ...typed));
  },
  zsh: (line) => lines(ask('zsh', '-f', join(repository, 'test/helpers/complete.zsh'), line)),
  fish: (line) =>
    lines(ask('fish', '--no-config', '-c', `source slipway.fish; complete -C '${line}'`)).map((offered) =>
      (offered.split('\t')[0] ?? '').replace(/\/$/, ''),
    ),
};

const lines = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\/$/, ''));

for (const [name, offered] of Object.entries(shells)) {
  const isHere = spawnSync(name, ['-c', 'true']).status === 0;
  if (!isHere) console.log(`Completion in ${name} is not tested: there is none (apt-get install ${name}).`);
  describe.runIf(isHere)(`completion in ${name}`, () => {
    it.each<readonly [line: string, expected: readonly string[]]>([
      ['slipway cat', ['catalog']],
      [
        'slipway inspect ',
        [
          'backups',
          'certificates',
          'clusters',
          'components',
          'databases',
          'hosts',
          'list',
          'patches',
          'plan',
          'secrets',
          'tenants',
          'topics',
        ],
      ],
      ['slipway inspect c', ['certificates', 'clusters', 'components']],
      ['slipway completion ', ['bash', 'fish', 'zsh']],
      ['slipway render --f', ['--force']],
      ['slipway render --check --', []],
      ['slipway render -c ', ['prod-eu', 'prod-us']],
      ['slipway render --cluster prod-eu,', ['prod-eu,prod-us']],
      ['slipway explain prod-', ['prod-eu', 'prod-us']],
      ['slipway graph ', ['prod-eu', 'prod-us']],
      ['slipway graph -C other ', ['test']],
      ['slipway preview prod-eu ', ['demo-chart', 'own-config']],
      ['slipway diff --component d', ['demo-chart']],
      ['slipway catalog show ', ['demo', 'demo-chart', 'own-config']],
      ['slipway catalog test ', ['demo']],
      ['slipway new cluster x --environment ', ['live', 'staging']],
      ['slipway promote live ', ['live', 'prod-eu', 'prod-us', 'staging']],
      ['slipway graph prod-eu --as ', ['dot', 'mermaid', 'text']],
      ['slipway render -o j', ['json', 'junit']],
      ['slipway validate man', ['manifests']],
      ['slipway bundle man', ['manifests']],
      ['slipway commit --message ', []],
      ['slipway nothing ', []],
    ])('%s', (line, expected) => {
      const words = [...new Set(offered(line))].toSorted();
      if (line.endsWith(' --')) {
        // of those that are left, none that contradicts
        expect(words).toEqual(expect.arrayContaining(['--cluster', '--no-cache', '--help', '--output']));
        for (const word of ['--check', '--force', '--allow-delete']) expect(words).not.toContain(word);
      } else expect(words).toEqual(expected);
    });

    it('the value behind = is offered as the shell wants it', () => {
      const prefix = name === 'bash' ? '' : '--as=';
      expect(offered('slipway graph prod-eu --as=d')).toEqual([`${prefix}dot`]);
      expect(offered('slipway graph prod-eu --as=').toSorted()).toEqual(
        ['dot', 'mermaid', 'text'].map((form) => `${prefix}${form}`),
      );
    });
  });
}
