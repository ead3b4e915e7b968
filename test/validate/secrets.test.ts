import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../generator/model/values.ts';
import { findSecrets } from '../../generator/validate/secrets/scan.ts';
import { objectsIn } from '../../generator/yaml/objects.ts';
import { parseSource } from '../../generator/yaml/source.ts';
import { goldenTrees, repository, snapshot } from '../helpers/workspace.ts';

// put together here: scanners of this repository would find them otherwise
const random = 'a1B2c3D4e5f6G7h8I9j0';
const secrets: Readonly<Record<string, string>> = {
  github: `ghp_${random}${random.slice(0, 16)}`,
  gitlab: `glpat-${random}`,
  slack: `https://hooks.slack.com/services/T00000000/B00000000/${random}abcd`,
  npm: `npm_${random}${random.slice(0, 16)}`,
  key: `-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA04up8hoqzS1+APIB0RhjXyObwHQnOzhAk5Bd7mhkSbPkyhP1\n-----END RSA PRIVATE KEY-----`,
  url: 'postgresql://app:hunter2@db.example.com/app',
  query: 'https://alerts.example.com/hook?token=hunter2',
};

describe('a secret in data', () => {
  it.each(Object.keys(secrets))('%s is found wherever it stands', async (name) => {
    const text = secrets[name] ?? '';
    const value: Value = { data: { 'a.conf': `x = ${text}\n` }, list: [{ a: text }], 'k/y': text };
    const found = await findSecrets(value, new Map());
    expect(found.map((f) => [f.pointer, f.isKnownForm]).sort()).toEqual([
      ['/data/a.conf', true],
      ['/k~1y', true],
      ['/list/0/a', true],
    ]);
    for (const { what } of found) expect(what).not.toMatch(/hunter2|a1B2c3|MII/);
  });

  it('is known by the name of a variable or a field', async () => {
    const env = (name: string, value: string): Value => ({ env: [{ name, value }] });
    const whats = async (value: Value): Promise<string[]> =>
      (await findSecrets(value, new Map())).map((f) => `${f.pointer} ${f.isKnownForm ? 'form' : 'name'}`);
    expect(await whats(env('POSTGRES_PASSWORD', 'postgres'))).toEqual(['/env/0/value name']);
    expect(await whats({ grafana: { adminPassword: 'Pr0m-0perator' } })).toEqual(['/grafana/adminPassword name']);
    for (const none of [
      env('POSTGRES_PASSWORD', '$(FROM_ELSEWHERE)'),
      env('DB_PASSWORD_FILE', '/run/secrets/x'),
      env('API_TOKEN', '/var/run/secrets/token'),
      env('TOKEN', ''),
      { secretKey: 'password', passwordKey: 'adminPassword', token: '{{ .Values.x }}', existingSecret: 'Grafana1!' },
      { image: 'x@sha256:0000', url: 'https://git.example.com/x.git', key: 'tls.key' },
    ] as const)
      expect([none, await whats(none)]).toEqual([none, []]);
  });

  it(
    'is in none of the golden trees, examples, specs and environments of this repository',
    { timeout: 180_000 },
    async () => {
      const known = new Map<string, Promise<string | undefined>>();
      const faults: string[] = [];
      const check = async (path: string, value: Value): Promise<void> => {
        for (const f of await findSecrets(value, known)) faults.push(`${path} ${f.pointer}: ${f.what}`);
      };
      for (const [path, text] of goldenTrees())
        if (/\.yaml$/.test(path))
          for (const found of objectsIn(path, text)) if ('object' in found) await check(path, found.object);
      const sources: (readonly [string, string])[] = [...snapshot(join(repository, 'catalog'))]
        .map(([path, text]) => [`catalog/${path}`, text] as const)
        .filter(([path]) => /\.yaml$/.test(path) && !path.includes('/golden/'));
      for (const folder of ['clusters', 'environments'])
        for (const [path, text] of snapshot(join(repository, folder))) sources.push([`${folder}/${path}`, text]);
      for (const [path, text] of sources) {
        const source = parseSource(path, text).value;
        if (source !== undefined) await check(path, source.value);
      }
      expect(sources.length).toBeGreaterThan(100);
      expect(faults).toEqual([]);
    },
  );
});
