import { describe, expect, it } from 'vitest';
import {
  hasLogin,
  maskAll,
  maskLines,
  maskNamed,
  maskSecrets,
  maskUrls,
  urlsWithLogin,
} from '../../../generator/util/mask.ts';

// put together here: scanners of this repository would find them otherwise
const github = `ghp_${'a1B2c3D4e5'.repeat(4)}`;
const gitlab = `glpat-${'a1B2c3D4e5'.repeat(2)}`;

describe('an address', () => {
  it.each([
    ['https://bob:hunter2@git.example.com/x.git', 'https://***@git.example.com/x.git'],
    [`https://${github}@github.com/x.git`, 'https://***@github.com/x.git'],
    [`https://oauth2:${gitlab}@gitlab.com/x.git`, 'https://***@gitlab.com/x.git'],
    ['oci+http://a:b@c@registry:5000/x', 'oci+http://***@registry:5000/x'],
    ['https://bob%3Ahunter2@git.example.com/x.git', 'https://***@git.example.com/x.git'],
    ['postgresql://app:hunter2@db:5432/app?sslmode=require', 'postgresql://***@db:5432/app?sslmode=require'],
    ['https://:hunter2@redis:6379', 'https://***@redis:6379'],
    ['https://x.example.com/a?token=hunter2&b=1', 'https://x.example.com/a?token=***&b=1'],
    ['https://x.example.com/a?b=1&private_token=hunter2#c', 'https://x.example.com/a?b=1&private_token=***#c'],
    ['https://s3/x?X-Amz-Signature=abc&X-Amz-Date=1', 'https://s3/x?X-Amz-Signature=***&X-Amz-Date=1'],
    ['https://hooks.slack.com/services/T0/B0/abc', 'https://hooks.slack.com/services/***'],
    ['https://discord.com/api/webhooks/1/abc', 'https://discord.com/api/webhooks/***'],
    ['https://acme.webhook.office.com/webhookb2/a@b/c', 'https://acme.webhook.office.com/***'],
    ['https://api.telegram.org/bot1:abc/sendMessage', 'https://api.telegram.org/bot***/sendMessage'],
  ])('%s is shown as %s', (url, shown) => {
    expect(maskUrls(`fatal: '${url}' failed, see "${url}".`)).toBe(`fatal: '${shown}' failed, see "${shown}".`);
    expect([hasLogin(url), urlsWithLogin(`x ${url} y`)]).toEqual([true, [url]]);
    expect(maskUrls(shown)).toBe(shown);
  });

  it.each([
    'https://git.example.com/x.git',
    'ssh://git@git.example.com/x.git',
    'https://acme@dev.azure.com/acme/x/_git/y',
    'git@github.com:a/b.git',
    'url:git@github.com:a/b.git',
    'registry.example.com/app:1.2.3@sha256:0123abcd',
    'postgresql://app:$(PASSWORD)@db/app',
    'postgresql://app:${PASSWORD}@db/app',
    'amqp://app:$PASSWORD@mq',
    'mysql://%s:%s@db',
    'https://x.example.com/a?page=2&tokens=1',
    'https://x.example.com/a@b:c/d',
    'http://[::1]:8080/',
    'oci://registry.example.com/charts',
  ])('%s is shown as it is', (url) => {
    expect([maskUrls(url), hasLogin(url), urlsWithLogin(url)]).toEqual([url, false, []]);
  });
});

describe('a text', () => {
  it('has the defaults of definitions, which are public', () => {
    const password = { type: 'string', default: 'changeit' };
    const definition = { kind: 'CustomResourceDefinition', spec: { properties: { password } } };
    expect(maskAll([definition])).toEqual([definition]);
    expect(maskAll({ properties: { password } })).toEqual({
      properties: { password: { ...password, default: '***' } },
    });
  });

  it('leaves versions of packages and digests of images alone', () => {
    for (const text of [
      'npm:acme-catalog@1.2.0: gone',
      'npm:x@2.0.0-rc.1/a.yaml:1:2',
      'web:1.4@sha256:aaaa',
      'a:b@v1:2',
    ])
      expect(maskUrls(text)).toBe(text);
    expect(maskUrls('me:hunter22@10.0.0.1:/x')).not.toContain('hunter22');
  });

  it('has no logins of addresses without a scheme any more', () => {
    expect(maskUrls('x bob:hunter2@git.example.com:x.git "//bob:hunter2@git.example.com/x.git" y')).toBe(
      'x ***@git.example.com:x.git "//***@git.example.com/x.git" y',
    );
  });

  it('has no tokens, keys and headers any more', () => {
    const jwt = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`;
    const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----';
    expect(maskSecrets(`a ${github} b ${gitlab}, ${jwt}.`)).toBe('a *** b ***, ***.');
    expect(maskSecrets(`x ${key} y`)).toBe('x -----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY----- y');
    expect(maskSecrets('-----BEGIN PRIVATE KEY-----\nMIIabc')).toBe('-----BEGIN PRIVATE KEY-----***');
    expect(maskSecrets('Authorization: Bearer abc.def, "authorization":"Basic Ym9i"')).toBe(
      'Authorization: Bearer ***, "authorization":"Basic ***"',
    );
    expect(maskSecrets('-----BEGIN CERTIFICATE-----\nMII\n')).toBe('-----BEGIN CERTIFICATE-----\nMII\n');
  });

  it('is masked wherever it stands in data', () => {
    const url = 'https://bob:hunter2@x';
    expect(maskAll({ a: [url, 1, null], [url]: { b: url } })).toEqual({
      a: ['https://***@x', 1, null],
      'https://***@x': { b: 'https://***@x' },
    });
  });
});

describe('a line of a source', () => {
  it.each([
    ['  password: hunter2', '  password: ***'],
    ['  - adminPassword: "a b" # why', '  - adminPassword: *** # why'],
    ['x: { user: a, token: hunter2, b: 1 }', 'x: { user: a, token: ***, b: 1 }'],
    ['  - { name: DB_PASSWORD, value: hunter2 }', '  - { name: DB_PASSWORD, value: *** }'],
    ['"api_key": "hunter2",', '"api_key": ***,'],
    ['token: "{{options.token}}"', 'token: "{{options.token}}"'],
    ['token: true', 'token: true'],
    ['existingSecret: grafana', 'existingSecret: grafana'],
    ['password: { name: x }', 'password: { name: x }'],
  ])('%s is shown as %s', (line, shown) => {
    expect(maskLines(line).join('\n')).toBe(shown);
  });

  it('is known by the lines above it', () => {
    expect(maskLines(['- name: DB_PASSWORD', '  value: hunter2'].join('\n')).at(-1)).toBe('  value: ***');
    expect(maskLines(['- name: REPLICAS', '  value: 3'].join('\n')).at(-1)).toBe('  value: 3');
    expect(maskLines(['x:', '  password: |', '    hunter2'].join('\n')).at(-1)).toBe('    ***');
    expect(maskLines(['  password: >-', '    first', '    second'].join('\n')).at(-1)).toBe('    ***');
    expect(maskLines(['  password: |', '    first', '  y: 1'].join('\n')).at(-1)).toBe('  y: 1');
  });
});

describe('data', () => {
  it('is masked where a name says that it is a secret', () => {
    expect(maskNamed({ token: 'a', tokens: ['b'], env: [{ name: 'DB_TOKEN', value: 'c' }], password: '$(X)' })).toEqual(
      {
        token: '***',
        tokens: ['b'],
        env: [{ name: 'DB_TOKEN', value: '***' }],
        password: '$(X)',
      },
    );
    expect([maskNamed('a', 'auth.password'), maskNamed('a', 'auth.user')]).toEqual(['***', 'a']);
  });
});
