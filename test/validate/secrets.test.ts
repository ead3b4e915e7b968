import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../generator/model/values.ts';
import { maskAll, maskLines, maskSecrets } from '../../generator/util/mask.ts';
import { secretForms } from '../../generator/util/secretForms.ts';
import { namedSecrets } from '../../generator/util/secretNames.ts';
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

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const login = base64('bob:hunter2-very-secret');
const jwt = `${base64('{"alg":"HS256"}')}.${base64('{"sub":"bob","iat":1}')}.${random}`.replaceAll('=', '');

/** Texts with a secret, by where they are met; what stands between « and » is the secret. */
const known: Readonly<Record<string, string>> = {
  'a URL': 'postgres://app:«hunter2»@db:5432/app',
  'a URL without a user': 'redis://:«hunter2»@cache:6379/0',
  'a JDBC URL': 'jdbc:postgresql://db:5432/app?user=app&password=«hunter2»',
  'a JDBC URL of SQL Server': 'jdbc:sqlserver://db:1433;user=sa;password=«hunter2»;encrypt=true',
  'a JDBC URL of Oracle': 'jdbc:oracle:thin:app/«hunter2»@db:1521/app',
  'a source of Go': 'app:«hunter2»@tcp(db:3306)/app',
  'a source of libpq': 'host=db user=app password=«hunter2» dbname=app',
  'a source of ADO.NET': 'Server=db;User Id=sa;Password=«hunter2»;Encrypt=true',
  'a source of Azure': `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=«${base64(random)}»;EndpointSuffix=x`,
  'a header': `Authorization: Basic «${login}»`,
  'a value of a header': `Basic «${login}»`,
  'a bearer token': `authorization: Bearer «${random}»`,
  'a JWT': `token is «${jwt}» here`,
  '.netrc': 'machine git.example.com login bob password «hunter2»',
  'a login of a registry': `{"auths":{"r.example.com":{"auth":"«${login}»"}}}`,
  'a login of a registry in base64': `«${base64(`{"auths":{"r.example.com":{"auth":"${login}"}}}`)}»`,
  'a private key in base64': `«${base64(secrets['key'] ?? '')}»`,
  'an argument': '--password=«hunter2»',
  'a variable of a command': 'PGPASSWORD=«hunter2» psql -h db',
  'a line of a script': 'export DB_PASSWORD="«hunter2»"',
  'a flag in a command': 'vault login --token «h2.very-s3cret»',
  'a login of curl': 'curl -s -u bob:«hunter2» https://x.example.com',
  'a flag of mysql': 'mysql -h db -u root -p«hunter2» app',
  'a property': 'spring.datasource.password=«hunter2»\nserver.port=8080',
  'a setting of an INI file': '[database]\npassword = «hunter2»',
  'a line of YAML': 'server:\n  password: «hunter2» # not for long\n',
  'a member of JSON': '{"user": "bob", "password": "«hunter2»"}',
  'a line of redis.conf': 'port 6379\nrequirepass «hunter2»',
  'a kubeconfig': `users:\n  - name: bob\n    user:\n      client-key-data: «${base64(random)}»`,
  'a bcrypt hash': `bob:«$2y$10$${'a1B2c3D4e5'.repeat(6).slice(0, 53)}»`,
  'a hash of htpasswd': `bob:«$apr1$abcdefgh$${random}ab»`,
  'a hash of crypt': `«$6$saltsalt$${random}${random}»`,
};

describe('a text', () => {
  it.each(Object.entries(known))('%s holds a secret', async (_, marked) => {
    const text = marked.replace(/[«»]/g, '');
    const secret = marked.slice(marked.indexOf('«') + 1, marked.indexOf('»'));
    for (const value of [{ data: { 'a.conf': text } }, { args: ['run', text] }, { a: [{ b: text }] }] as const) {
      const found = await findSecrets(value, new Map());
      expect(found.map((f) => f.text)).toEqual([text]);
      for (const { what } of found) expect(what).not.toContain(secret);
    }
    const shown = [maskSecrets(text), JSON.stringify(maskAll({ text })), maskLines(`x:\n${text}`).join('\n')];
    for (const s of shown) expect(s).not.toContain(secret);
  });

  it.each([
    'postgres://app:${DB_PASSWORD}@db:5432/app',
    'jdbc:postgresql://db/app?user=app&password=$(DB_PASSWORD)',
    'host=db user=app password=$PGPASSWORD',
    'Server=db;Password={{ .password }};Encrypt=true',
    'Authorization: Bearer <token>',
    'The authorization token is valid for an hour.',
    'Basic authentication',
    '{"auths":{}}',
    '--password-file=/run/secrets/password',
    '--no-password',
    '--token=$(TOKEN)',
    'password = os.environ["PASSWORD"]',
    'password=$(cat /run/secrets/password)',
    'secretKey: password',
    'token: ""\npassword: null\napiKey: ~',
    'password:\n  secretKeyRef: { name: db, key: password }',
    '-----BEGIN CERTIFICATE-----\nMIIabc\n-----END CERTIFICATE-----',
    `${base64('-----BEGIN CERTIFICATE-----\nMIIabcMIIabcMIIabcMIIabc\n-----END CERTIFICATE-----')}`,
    'docker run --user 1000:1000 app',
  ])('%j holds none', async (text) => {
    expect(await findSecrets({ data: { 'a.conf': text }, args: [text] }, new Map())).toEqual([]);
    expect([maskSecrets(text), maskAll({ text })]).toEqual([text, { text }]);
  });

  it('of any length is read in linear time', () => {
    const n = 20_000;
    const hostile = [
      'curl ',
      'a.',
      'pass',
      '--password ',
      'machine x ',
      '{ ',
      'user x on ',
      'LS0tLS1CRUdJTi',
      '$2',
      'password: ',
      'ey',
      ' ',
    ];
    const start = performance.now();
    for (const part of hostile) maskSecrets(part.repeat(n));
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('a value by its name', () => {
  it.each([
    { adminPassword: 'hunter2-very-secret' },
    { password: 'changeme' },
    { auth: { password: '123456' } },
    { passphrase: 'correct horse battery staple' },
    { password: 'hunter2\n' },
    { args: ['--user', 'bob', '--password', 'hunter2'] },
    { env: [{ name: 'PGPASSWORD', value: 'postgres' }] },
    { env: [{ name: 'jwt-secret', value: 'h2-very-s3cret' }] },
    { parameters: [{ name: 'auth.password', value: 'hunter2' }] },
    { patch: [{ op: 'add', path: '/spec/values/adminPassword', value: 'hunter2' }] },
    { options: { adminPassword: { type: 'string', default: 'hunter2' } } },
    { env: [{ name: 'SESSION_SECRET', value: 'k3yb0ardcat' }] },
    { 'redis-password': 'hunter2' },
    { '.dockerconfigjson': 'e30e30e30' },
    { s3: { accessKey: 'h2VerySecret' } },
  ] as const)('%j is a secret', async (value) => {
    expect((await findSecrets(value, new Map())).map((f) => f.isCertain)).toEqual([false]);
    expect(JSON.stringify(maskAll(value))).toContain('***');
    expect(JSON.stringify(maskAll(value))).not.toMatch(/hunter2|changeme|123456|staple|"postgres"|s3cret|cat"|e30|h2V/);
  });

  it.each([
    { existingSecret: 'hunter2-very-secret', secretName: 'db-password', passwordKey: 'admin-password' },
    { data: [{ secretKey: 'password1', remoteRef: { key: 'db', property: 'password' } }] },
    { passwordSecretRef: { name: 'db', key: 'password' } },
    { password: '<set this>', token: '${TOKEN}', apiKey: '$oidc.apiKey', clientSecret: '$dex:clientSecret' },
    { password: '', token: 'null', apiKey: 'true' },
    { password: '/run/secrets/password', token: 'file:///token', secretKey: './key' },
    { password: 'vault:secret/data/db#password', token: 'ref+vault://db/token', apiKey: 'ENC[AES256_GCM,data:x]' },
    { spec: { encryptedData: { password: 'AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq' } } },
    { password: 'The password of the administrator.' },
    { accessKey: 'access-key', secretKey: 'secretKey', apiKey: 'API_KEY' },
    { maxToken: 5, automountServiceAccountToken: false, tokenTTL: '1h', sessionToken: '24h' },
    { env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] },
    { env: [{ name: 'CERT_SECRET', value: 'wildcard-tls' }] },
    { kinds: { Password: 'passwords', ECRAuthorizationToken: 'ecrauthorizationtokens' } },
  ] as const)('%j is none', async (value) => {
    expect(await findSecrets(value, new Map())).toEqual([]);
  });
});

describe('a secret in data', () => {
  it.each(Object.keys(secrets))('%s is found wherever it stands', async (name) => {
    const text = secrets[name] ?? '';
    const value: Value = { data: { 'a.conf': `x = ${text}\n` }, list: [{ a: text }], 'k/y': text };
    const found = await findSecrets(value, new Map());
    expect(found.map((f) => [f.pointer, f.isCertain]).sort()).toEqual([
      ['/data/a.conf', true],
      ['/k~1y', true],
      ['/list/0/a', true],
    ]);
    for (const { what } of found) expect(what).not.toMatch(/hunter2|a1B2c3|MII/);
  });

  it('is known by the name of a variable or a field', async () => {
    const env = (name: string, value: string): Value => ({ env: [{ name, value }] });
    const whats = async (value: Value): Promise<string[]> =>
      (await findSecrets(value, new Map())).map((f) => `${f.pointer} ${f.isCertain ? 'form' : 'name'}`);
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
      let templates = 0;
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
      for (const [path, text] of snapshot(join(repository, 'catalog'))) {
        if (!path.endsWith('.hbs')) continue;
        templates += 1;
        for (const { name, from, to } of namedSecrets(text)) faults.push(`${path} ${name}: ${text.slice(from, to)}`);
        for (const { what, from, to } of secretForms(text)) faults.push(`${path} ${what}: ${text.slice(from, to)}`);
      }
      expect(templates).toBeGreaterThan(100);
      expect(sources.length).toBeGreaterThan(100);
      expect(faults).toEqual([]);
    },
  );
});

describe('a key', () => {
  it('that is an address with a login is found at its value', async () => {
    const found = await findSecrets({ mirrors: { 'https://bob:hunter2@x.example.com': 'oci://y', a: 'b' } }, new Map());
    expect(found.map(({ pointer, isCertain }) => [pointer, isCertain])).toEqual([
      ['/mirrors/https:~1~1bob:hunter2@x.example.com', true],
    ]);
  });
});
