import { describe, expect, it } from 'vitest';
import {
  atVersion,
  catalogSource,
  digestOfCatalog,
  shownSource,
  sourceText,
  usualName,
} from '../../../generator/catalog/sources.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('the source of a catalog', () => {
  it.each([
    ['npm:slipway@1.4.0', 'slipway', '1.5.0', 'npm:slipway@1.5.0'],
    ['npm:@acme/platform@1.4.0-rc.1', 'platform', 'v1.5.0', 'npm:@acme/platform@1.5.0'],
    ['git:https://git.example.com/a/catalog.git@v2', 'catalog', 'v3', 'git:https://git.example.com/a/catalog.git@v3'],
    [
      'git:ssh://git@git.example.com/a/b.git//sub/dir@v2',
      'b',
      'v3',
      'git:ssh://git@git.example.com/a/b.git//sub/dir@v3',
    ],
    ['git:file:///srv/git/b@v2', 'b', 'release/3', 'git:file:///srv/git/b@release/3'],
    [
      `oci://registry.example.com/a/Shop_1@${digest}`,
      'shop-1',
      digest,
      `oci://registry.example.com/a/Shop_1@${digest}`,
    ],
    [`oci+http://localhost:5000/x@${digest}`, 'x', 'v1', undefined],
    ['./catalogs/main', 'main', 'v1', undefined],
  ])('%s', (text, name, version, moved) => {
    const source = catalogSource(text);
    expect(source === undefined ? undefined : sourceText(source)).toBe(text);
    expect(source === undefined ? undefined : usualName(source)).toBe(name);
    const other = source === undefined ? undefined : atVersion(source, version);
    expect(other === undefined ? undefined : sourceText(other)).toBe(moved);
  });

  it.each([
    'slipway@1.4.0',
    'npm:slipway',
    'npm:slipway@latest',
    'npm:slipway@^1.4.0',
    'npm:../x@1.0.0',
    'npm:@a/../b@1.0.0',
    'git:https://git.example.com/a.git',
    'git:ext::sh -c x@v1',
    'git:git@host:a/b.git@v1',
    'git:https://git.example.com/a.git//../b@v1',
    'git:https://git.example.com/a.git@--upload-pack=x',
    'oci://host/a@v1',
    'oci://host/a',
    './',
    './a/../b',
    '../a',
    '/a',
    `npm:a@1.0.0${'0'.repeat(2000)}`,
  ])('is not %s', (text) => expect(catalogSource(text)).toBeUndefined());

  it('is shown without a login', () => {
    const source = catalogSource('git:https://user:secret@git.example.com/a.git@v1');
    expect(source === undefined ? '' : shownSource(source)).toBe('git:https://git.example.com/a.git@v1');
  });
});

describe('the digest of a catalog', () => {
  it('does not know in which order files were read', () => {
    const files = [
      ['b/x.yaml', '1'],
      ['a.yaml', '2'],
    ] as const;
    expect(digestOfCatalog(new Map(files))).toBe(digestOfCatalog(new Map(files.toReversed())));
  });
  it('knows which text is whose', () => {
    expect(
      digestOfCatalog(
        new Map([
          ['a', '1'],
          ['b', '2'],
        ]),
      ),
    ).not.toBe(
      digestOfCatalog(
        new Map([
          ['a', '2'],
          ['b', '1'],
        ]),
      ),
    );
  });
});
