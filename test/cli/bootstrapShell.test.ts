import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emitYaml } from '../../generator/yaml/emit.ts';
import { fleet, run, workspace } from '../helpers/workspace.ts';

const repository = 'https://charts.example.com/$(touch${IFS}made-by-chart)`touch${IFS}made-too`';
const repoURL = 'https://git.example.com/fleet.git;touch$IFS$9made-by-url&id;touch$IFS$9made-too';

function spec(): string {
  return emitYaml({
    apiVersion: 'slipway.dev/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'a' },
    spec: {
      domain: 'a.example.com',
      kubernetes: { version: '1.34' },
      git: { repoURL },
      capabilities: {
        gitops: { repository: { credentialsSecret: 'repo-fleet', authentication: 'password' } },
        secrets: { store: { type: 'vault', vault: { server: 'https://vault.example.com', role: 'slipway' } } },
      },
      components: { argocd: { repository } },
    },
  });
}

describe('bootstrap', () => {
  it('prints commands that a shell runs as they are, whatever the spec holds', () => {
    const printed = run(fleet({ 'clusters/a.yaml': spec() }), ['bootstrap', 'a']);
    expect(printed.stderr).toBe('');
    expect(printed.code).toBe(0);
    const script = printed.stdout
      .split('\n')
      .filter((line) => line.startsWith('     '))
      .join('\n');
    const stub = '#!/bin/sh\nfor word in "$0" "$@"; do printf "%s\\n" "${word##*/bin/}" >> "$SAID"; done\n';
    const folder = workspace({
      'empty/.keep': '',
      ...Object.fromEntries(['kubectl', 'helm', 'slipway', 'argocd'].map((name) => [`bin/${name}`, stub])),
    });
    for (const name of readdirSync(join(folder, 'bin'))) chmodSync(join(folder, 'bin', name), 0o755);
    const said = join(folder, 'said');
    const env = { PATH: `${join(folder, 'bin')}:/bin:/usr/bin`, SAID: said };
    spawnSync('/bin/sh', ['-c', script], { cwd: join(folder, 'empty'), env });
    expect(readdirSync(join(folder, 'empty'))).toEqual(['.keep']);
    const words = readFileSync(said, 'utf8').split('\n');
    expect(words).toContain(repository);
    expect(words).toContain(`--from-literal=url=${repoURL}`);
  });
});
