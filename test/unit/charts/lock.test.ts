import { load } from 'js-yaml';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { parseIgnore } from '../../../generator/charts/ignore.ts';
import { readIndex } from '../../../generator/charts/repositoryIndex.ts';
import { lockedDigest, parseLock, printLock, withCharts, withoutChart } from '../../../generator/charts/lock.ts';
import { isSameVersion, nearestVersions, newerVersions, sortVersions } from '../../../generator/charts/versions.ts';
import { indexYaml } from '../../helpers/chartServer.ts';

const digest = 'a'.repeat(64);
const locked = (name: string, version = '1.0.0', repository = 'https://charts.example.com') => ({
  repository,
  name,
  version,
  digest,
});

describe('the lock', () => {
  it('is printed sorted, and read back as it was', () => {
    const charts = [locked('web', '1.10.0'), locked('db'), locked('web', '1.9.0'), locked('api', '1.0.0', 'oci://a')];
    const text = printLock(charts);
    expect(text).toBe(printLock([...charts].reverse()));
    expect(printLock(parseLock(text).value ?? [])).toBe(text);
    expect(text).toMatch(/^# .*\nversion: 1\n|^# .*\ncharts:\n/);
    expect(printLock(parseLock(printLock([])).value ?? [locked('x')])).toBe(printLock([]));
  });
  it('knows a chart whether or not its repository ends with /', () => {
    const lock = [locked('web', '1.0.0', 'https://charts.example.com/')];
    expect(lockedDigest(lock, locked('web'))).toBe(digest);
    expect(lockedDigest(lock, locked('web', '1.0.1'))).toBeUndefined();
    expect(lockedDigest(undefined, locked('web'))).toBeUndefined();
    expect(withCharts(lock, [{ ...locked('web'), digest: 'b' }])).toEqual([{ ...locked('web'), digest: 'b' }]);
    expect(withoutChart(lock, locked('web'))).toEqual([]);
  });
  it.each([
    ['version: 2\ncharts: []\n', 1],
    ['version: 1\ncharts:\n  - { repository: a, name: b }\n', 3],
    ['version: 1\ncharts:\n  - { repository: a, name: b, version: 1.2.3, digest: "sha256:12" }\n', 3],
    [`version: 1\ncharts:\n  - &x { repository: a, name: b, version: 1.2.3, digest: "sha256:${digest}" }\n  - *x\n`, 4],
    [
      `version: 1\ncharts:\n  - { repository: a, name: b, version: 1.2.3, digest: "sha256:${digest}" }\n  - { repository: a/, name: b, version: 1.2.3, digest: "sha256:${digest}" }\n`,
      4,
    ],
    ['<<<<<<< ours\n', 1],
  ])('%# is refused at its place', (text, line) => {
    const [first] = parseLock(text).diagnostics;
    expect([first?.at?.file, first?.at?.line]).toEqual(['catalog/catalog.lock', line]);
  });
});

describe('versions', () => {
  it('are sorted, newest first, and what is none is left out', () => {
    expect(sortVersions(['1.2.0', '1.10.0', 'v1.9.0', 'x', '2.0.0-rc.1', '1.10.0', '2.0.0'])).toEqual([
      '2.0.0',
      '2.0.0-rc.1',
      '1.10.0',
      'v1.9.0',
      '1.2.0',
    ]);
  });
  it.each([
    ['1.2.0', { newest: '2.1.0', compatible: '1.10.0' }],
    ['v1.10.0', { newest: '2.1.0', compatible: undefined }],
    ['2.1.0', { newest: undefined, compatible: undefined }],
    ['2.0.0-rc.1', { newest: '3.0.0-rc.1', compatible: '2.1.0' }],
    ['0.3.0', { newest: '2.1.0', compatible: '0.3.1' }],
    ['junk', { newest: undefined, compatible: undefined }],
  ])('newer than %s', (current, expected) => {
    const all = sortVersions(['3.0.0-rc.1', '2.1.0', '2.0.0', '1.10.0', '1.2.0', '0.4.0', '0.3.1', '0.3.0']);
    expect(newerVersions(current, all)).toEqual(expected);
  });
  it('are the same with and without v', () => {
    expect(isSameVersion('v1.2.3', '1.2.3')).toBe(true);
    expect(isSameVersion('1.2.3', '1.2.4')).toBe(false);
    expect(isSameVersion('1.2.3+a', '1.2.3+b')).toBe(false);
  });
  it('near one', () => {
    expect(nearestVersions('1.5.0', ['1.4.0', '1.0.0', '2.0.0', '1.6.0'])).toEqual(['1.6.0', '1.4.0']);
    expect(nearestVersions('9.0.0', ['1.4.0'])).toEqual(['1.4.0']);
    expect(nearestVersions('1.4', ['1.4.0', '2.0.0'])).toEqual(['1.4.0']);
    expect(nearestVersions('1.4.0', [])).toEqual([]);
  });
});

describe('an index', () => {
  const entry = (version: string, url: string, d?: string): object => ({ version, urls: [url], digest: d });
  const expected = {
    names: ['api', 'web', 'zoo'],
    entries: [entry('1.2.3', 'w.tgz', digest), entry('1.2.2', 'v.tgz')],
  };
  const text = indexYaml({
    api: [['1.0.0', 'a']],
    web: [
      ['1.2.3', 'w.tgz', digest],
      ['1.2.2', 'v.tgz'],
    ],
    zoo: [['1.0.0', 'z']],
  });
  it.each([
    ['as Helm writes it', text],
    ['with CRLF', text.replaceAll('\n', '\r\n')],
    ['with its items further in', stringify(load(text))],
    [
      'with comments and descriptions that look like keys',
      text.replace(
        '  web:\n  - apiVersion: v2',
        '# other\n\n  # other:\n  web:\n  - apiVersion: v2\n    description: |\n      zoo:\n\n      generated: x',
      ),
    ],
    ['with quoted names', text.replace('  web:', '  "web":').replace('  api:', "  'api':")],
    ['with entries last', text.replace(/^generated.*\n/m, '')],
    ['in one line', JSON.stringify(load(text))],
    ['as flow YAML', `apiVersion: v1\nentries: ${JSON.stringify((load(text) as { entries: object }).entries)}\n`],
  ])('%s', (_what, index) => {
    expect(readIndex(index, 'web')).toEqual(expected);
    expect(readIndex(index, 'none')).toEqual({ names: expected.names, entries: undefined });
  });
  it('may be empty', () =>
    expect(readIndex('apiVersion: v1\nentries: {}\n', 'web')).toEqual({ names: [], entries: undefined }));
  it.each(['', 'a: 1\n', '[', 'entries:\n'])('%j is none, or has nothing', (index) => {
    let read: unknown;
    try {
      read = readIndex(index, 'web').entries;
    } catch (error) {
      read = error instanceof Error ? undefined : 'something else';
    }
    expect(read).toBeUndefined();
  });
  it('is refused when a parser would take too long, not read for minutes', () => {
    const many = Array.from(
      { length: 100_000 },
      (_, i) => [`0.${i}.0`, `https://charts.example.com/${'x'.repeat(80)}`] as const,
    );
    const large = indexYaml({ api: many, web: [['1.2.3', 'w']] });
    expect(readIndex(large, 'web').entries).toHaveLength(1);
    expect(() => readIndex(large, 'api')).toThrow(/16 MiB/);
    expect(() => readIndex(large.replace('entries:', 'entries: # all'), 'web')).toThrow(/16 MiB/);
  });
  it('does not take __proto__ for a chart', () => {
    expect(readIndex('{"entries":{"a":[]}}', '__proto__').entries).toBeUndefined();
  });
});

describe('.helmignore', () => {
  it.each([
    ['*.md', 'README.md', false, true],
    ['*.md', 'docs/README.md', false, true],
    ['/a.md', 'a.md', false, true],
    ['/a.md', 'b/a.md', false, false],
    ['ci/', 'ci', true, true],
    ['ci/', 'ci', false, false],
    ['a/*.txt', 'a/b.txt', false, true],
    ['a/*.txt', 'a/c/b.txt', false, false],
    ['!*.yaml', 'a.txt', false, true],
    ['!*.yaml', 'a.yaml', false, false],
    ['a?c', 'abc', false, true],
    ['[a-c].t', 'b.t', false, true],
    ['[^a-c].t', 'b.t', false, false],
    ['\\*.t', '*.t', false, true],
    ['\\*.t', 'a.t', false, false],
    ['# *', 'x', false, false],
    ['', 'templates/.x', false, true],
    ['', 'templates/x', false, false],
    ['a.b', 'axb', false, false],
  ])('%s and %s', (rule, path, isFolder, expected) =>
    expect(parseIgnore(`\ufeff${rule}\n`)(path, isFolder)).toBe(expected),
  );
  it.each(['a/**', '[a'])('%s is refused, as by Helm', (rule) => expect(() => parseIgnore(rule)).toThrow(SyntaxError));
});
