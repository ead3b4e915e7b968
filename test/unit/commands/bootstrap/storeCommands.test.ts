import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { storeCommands } from '../../../../generator/commands/bootstrap/storeCommands.ts';
import type { ValueMap } from '../../../../generator/model/values.ts';

const entry = (name: string, ...keys: string[]) => ({ name, keys, namespace: undefined, readBy: [] });

describe('commands that put secrets into a store', () => {
  it.each<[string, ValueMap, string, string]>([
    [
      'Vault',
      { vault: { server: 'https://vault.example.com', path: 'kv', version: 'v2' } },
      'vault login -address=https://vault.example.com',
      'vault kv put -address=https://vault.example.com -mount=kv clusters/a/b -',
    ],
    [
      'a namespace of Vault Enterprise',
      { vault: { server: 'https://vault.example.com', path: 'secret', namespace: 'team a' } },
      "vault login -address=https://vault.example.com '-namespace=team a'",
      "vault kv put -address=https://vault.example.com '-namespace=team a' -mount=secret clusters/a/b -",
    ],
    [
      'AWS Secrets Manager',
      { aws: { region: 'eu-central-1', service: 'SecretsManager' } },
      'aws sso login',
      'aws secretsmanager create-secret --region eu-central-1 --name clusters/a/b --secret-string file:///dev/stdin',
    ],
    [
      'the Parameter Store of AWS',
      { aws: { region: 'eu-central-1', service: 'ParameterStore' } },
      'aws sso login',
      'aws ssm put-parameter --region eu-central-1 --name clusters/a/b --type SecureString --value file:///dev/stdin',
    ],
    [
      'Google Secret Manager',
      { gcpsm: { projectID: 'example' } },
      'gcloud auth login',
      'gcloud secrets create clusters/a/b --project=example --replication-policy=automatic --data-file=-',
    ],
    [
      'Azure Key Vault',
      { azurekv: { vaultUrl: 'https://platform.vault.azure.net' } },
      'az login',
      'az keyvault secret set --vault-name platform --name clusters/a/b --file /dev/stdin --output none',
    ],
  ])('are those of %s', (_, provider, login, command) => {
    const [first, json, put] = storeCommands(provider, [entry('clusters/a/b', 'token')]) ?? [];
    expect(first?.endsWith(`First: ${login}`)).toBe(true);
    expect(json).toBe(`jq -n --rawfile v1 FILE '{"token": ($v1 | rtrimstr("\\n"))}' \\`);
    expect(put).toBe(`  | ${command}`);
  });

  it('are not made up for other stores', () => {
    expect(storeCommands({ webhook: { url: 'https://x' } }, [entry('a', 'b')])).toBe(undefined);
    expect(storeCommands({}, [])).toBe(undefined);
  });

  it.skipIf(spawnSync('jq', ['--version']).status !== 0)(
    'give the values as they are, without the last line break',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'store-'));
      try {
        const value = `it's "$HOME" \\ {{ x }}`;
        writeFileSync(join(folder, 'FILE'), `${value}\n`);
        writeFileSync(join(folder, 'vault'), '#!/bin/sh\necho "$@"\ncat\n', { mode: 0o755 });
        const provider = { vault: { server: 'https://vault.example.com', path: 'secret' } };
        const script = (storeCommands(provider, [entry("a/it's; touch x", 'tls.key', 'a"b')]) ?? []).join('\n');
        const { stdout, stderr } = spawnSync('sh', ['-c', script], {
          cwd: folder,
          encoding: 'utf8',
          env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
        });
        expect(stderr).toBe('');
        const [args, ...json] = stdout.split('\n');
        expect(args).toBe("kv put -address=https://vault.example.com -mount=secret a/it's; touch x -");
        expect(JSON.parse(json.join('\n'))).toEqual({ 'tls.key': value, 'a"b': value });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
