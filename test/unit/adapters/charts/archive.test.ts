import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import type { TarEntry } from 'modern-tar';
import { describe, expect, it } from 'vitest';
import { readArchive, usualArchiveLimits } from '../../../../generator/adapters/charts/archive.ts';
import { archive, chartPackage, chartYaml, fileEntry } from '../../../helpers/chartServer.ts';

const own = fileEntry('web/Chart.yaml', chartYaml('web', '1.2.3'));
const problem = async (bytes: Uint8Array, limits = usualArchiveLimits): Promise<string> =>
  readArchive(bytes, limits).then(
    () => 'none',
    (error: Error) => `${error.name}: ${error.message}`,
  );
const link = (type: 'symlink' | 'link' | 'character-device' | 'fifo'): TarEntry => ({
  header: { name: 'web/templates/x', type, size: 0, linkname: '/etc/passwd' },
});

describe('a package', () => {
  it('gives its files of text, those of subcharts too, packed or not', async () => {
    const inner = await chartPackage('db', '4.0.0', { 'values.yaml': 'b: 1\n' });
    const bytes = await chartPackage('web', '1.2.3', {
      'values.yaml': 'a: 1\n',
      'values.schema.json': '{}',
      'templates/a/b.yaml': 'x',
      'templates/binary': Buffer.from([0, 1]),
      'README.md': '# no',
      'crds/c.yaml': 'y',
      'charts/db-4.0.0.tgz': inner,
      'charts/lib/Chart.yaml': chartYaml('lib', '0.1.0'),
      'charts/lib/README.md': '# no',
    });
    const { name, version, files } = await readArchive(bytes);
    expect([name, version]).toEqual(['web', '1.2.3']);
    expect([...files.keys()].sort()).toEqual([
      'Chart.yaml',
      'README.md',
      'charts/db/Chart.yaml',
      'charts/db/values.yaml',
      'charts/lib/Chart.yaml',
      'charts/lib/README.md',
      'crds/c.yaml',
      'templates/a/b.yaml',
      'values.schema.json',
      'values.yaml',
    ]);
  });

  it('may come from Windows, or begin with ./', async () => {
    const bytes = await archive([fileEntry('./web\\Chart.yaml', chartYaml('web', '1.2.3'))]);
    expect((await readArchive(bytes)).name).toBe('web');
  });

  it('may lack a dependency: whether it counts, Helm knows', async () => {
    const dependency = 'dependencies: [{ name: db, version: 1.x.x, repository: "https://x", condition: db.enabled }]\n';
    const bytes = await archive([fileEntry('web/Chart.yaml', chartYaml('web', '1.2.3', dependency))]);
    expect(await problem(bytes)).toBe('none');
  });

  it.each([
    ['/etc/x', [fileEntry('/etc/x', '')]],
    ['web/../../x', [fileEntry('web/../../x', '')]],
    ['web\\..\\..\\x', [fileEntry('web\\..\\..\\x', '')]],
    ['C:/x', [fileEntry('C:/x', '')]],
    ['a link', [link('symlink')]],
    ['a hard link', [link('link')]],
    ['a device', [link('character-device')]],
    ['a pipe', [link('fifo')]],
    ['a file beside the folder', [fileEntry('README.md', '')]],
    ['a file twice', [own]],
  ])('is refused with %s in it', async (_what, entries) => {
    expect(await problem(await archive([own, ...entries]))).toMatch(/^ArchiveProblem: /);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('<html>')],
    ['gzip of no tar', gzipSync('hello'.repeat(200))],
    ['gzip of nothing', gzipSync('')],
  ])('is no package: %s', async (_what, bytes) => expect(await problem(bytes)).toMatch(/^ArchiveProblem: /));

  it('is refused wherever it is cut off', async () => {
    const bytes = await chartPackage('web', '1.2.3', { 'values.yaml': 'a: 1\n'.repeat(100) });
    for (let length = 0; length < bytes.length; length += 7)
      expect(await problem(bytes.subarray(0, length))).toMatch(/^ArchiveProblem: /);
    const tar = await packTar([own, fileEntry('web/values.yaml', 'a: 1\n'.repeat(500))]);
    for (const length of [600, 1024, 1536, 2000, 3000])
      expect(await problem(gzipSync(tar.subarray(0, length)))).toMatch(/^ArchiveProblem: /);
  });

  it('is no chart without Chart.yaml, a name or a version', async () => {
    expect(await problem(await archive([fileEntry('web/values.yaml', '')]))).toMatch(/no Chart\.yaml/);
    for (const text of [
      'name: web\n',
      'version: 1.0.0\n',
      '',
      '[',
      '- a\n',
      `name: web\nversion: 1.0.0 #${'x'.repeat(1024 * 1024)}`,
    ])
      expect(await problem(await archive([fileEntry('web/Chart.yaml', text)]))).toMatch(/^ArchiveProblem: /);
  });

  it('is a bomb: its size unpacked, its files and its depth have limits', async () => {
    const zeros = gzipSync(await packTar([own, fileEntry('web/templates/zeros', Buffer.alloc(101 * 1024 * 1024))]));
    expect(zeros.length).toBeLessThan(1024 * 1024);
    expect(await problem(zeros)).toMatch(/unpacks to more/);
    const many = await archive([own, ...Array.from({ length: 20 }, (_, i) => fileEntry(`web/templates/${i}`, ''))]);
    expect(await problem(many, { ...usualArchiveLimits, files: 20 })).toMatch(/more files/);
    expect(await problem(many, { ...usualArchiveLimits, packed: 100 })).toMatch(/MiB/);
    let nested = await chartPackage();
    for (let i = 0; i < 5; i += 1) nested = await chartPackage('web', '1.2.3', { 'charts/web.tgz': nested });
    expect(await problem(nested)).toMatch(/more than 5 deep/);
    const half = await chartPackage('web', '1.2.3', { 'templates/zeros': Buffer.alloc(60 * 1024 * 1024) });
    const twice = await chartPackage('web', '1.2.3', { 'charts/a.tgz': half, 'charts/b.tgz': half });
    expect(await problem(twice)).toMatch(/unpacks to more/);
  });
});
