import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { helmProgram } from '../helpers/helm.ts';
import { cli, repository, workspace } from '../helpers/workspace.ts';

/** One fenced block of the page: its first word, what stands behind it, and its text. */
interface Block {
  readonly line: number;
  readonly language: string;
  readonly about: string;
  readonly text: string;
}

const page = readFileSync(join(repository, 'docs/from-chart-to-component.md'), 'utf8');
const blocks: readonly Block[] = [...page.matchAll(/^```(\w+) ?(.*)\n([^]*?)^```$/gm)].map((m) => ({
  line: page.slice(0, m.index).split('\n').length,
  language: m[1] ?? '',
  about: m[2] ?? '',
  text: m[3] ?? '',
}));

/** Runs commands as a person types them, one shell for all of them; says the output of each block. */
function shell(root: string): (commands: string) => string {
  const bin = join(root, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'slipway'), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
  chmodSync(join(bin, 'slipway'), 0o755);
  const env = {
    ...process.env,
    HOME: root,
    NO_COLOR: '1',
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    SLIPWAY_CACHE_DIR: join(root, 'cache'),
    SLIPWAY_HELM: helmProgram(),
    SLIPWAY_ENGINE: 'off',
  };
  let folder = root;
  return (commands) => {
    const script = `set -e\n${commands}\npwd > "${join(root, 'folder')}"\n`;
    const output = execFileSync('sh', ['-c', `exec 2>&1\n${script}`], { cwd: folder, env, encoding: 'utf8' });
    folder = readFileSync(join(root, 'folder'), 'utf8').trim();
    return output;
  };
}

describe('docs/from-chart-to-component.md', () => {
  it('works as it is written, from an empty folder on', { timeout: 600_000 }, () => {
    const root = workspace({});
    const run = shell(root);
    const fleet = join(root, 'my-fleet');
    const outputs: string[] = [];
    for (const { language, about, text, line } of blocks) {
      const [, verb, path = ''] = /^(file|append)=(\S+)$/.exec(about) ?? [];
      const target = join(fleet, path);
      if (verb === 'file') {
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, text);
      } else if (verb === 'append') appendFileSync(target, text);
      else if (language === 'sh') outputs.push(run(text));
      else expect(about, `line ${line}`).toBe('');
      // the reader has a chart, and puts it where the page says
      if (!existsSync(join(fleet, 'charts')) && existsSync(fleet))
        cpSync(join(repository, 'test/fixtures/charts/shop'), join(fleet, 'charts/shop'), { recursive: true });
    }
    const said = outputs.join('\n');
    expect(said.match(/\d+ (?:error|warning)/g) ?? []).toEqual([]);
    expect(said).toMatch(/^shop +shop 1\.4\.0 +1( +ok){6}$/m);
    expect(said).toMatch(/^shop +Deployment +shop +shop +/m);
    expect(said).toMatch(/^shop +2 +2 current +1 of 1 by 1 case$/m);
    expect(readFileSync(join(fleet, 'deploy/first/manifests/shop-route/httproute-shop-shop.yaml'), 'utf8')).toContain(
      '    - shop.first.example.com\n',
    );
    expect(readFileSync(join(fleet, 'custom/shop/README.md'), 'utf8')).toContain('| `database.host` | string |');
  });

  it('shows lines that are in the files it speaks of', () => {
    const [shown] = blocks.filter((b) => b.language === 'yaml' && b.about === '');
    expect(shown?.text.split('\n')[0]).toBe('replicaCount: {{options.replicas}}');
  });
});
