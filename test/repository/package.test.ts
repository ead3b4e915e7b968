import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageName, version } from '../../generator/model/version.ts';
import { repository } from '../helpers/workspace.ts';

const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const filesBelow = (folder: string): string[] =>
  readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length + 1));

describe('the name of the package', () => {
  it('is the same everywhere, and its version too', () => {
    const manifest = JSON.parse(read('package.json')) as { name: string; version: string };
    expect([manifest.name, manifest.version]).toEqual([packageName, version]);
    const { variables } = parse(read('ci/slipway.gitlab-ci.yml')) as { variables: Record<string, string> };
    expect(variables['SLIPWAY_VERSION']).toBe(version);
  });

  it('is what every command fetches, and never the newest version of it', () => {
    const files = [
      ...['.github', '.ci', 'ci', 'create', 'docs', 'engine'].flatMap(filesBelow),
      ...['README.md', 'CONTRIBUTING.md', '.pre-commit-hooks.yaml', 'renovate.json'],
    ].filter((path) => /\.(?:md|ya?ml|json|mjs)$|\/run$/.test(path));
    expect(files.length).toBeGreaterThan(20);
    for (const path of files) {
      const text = read(path);
      // unscoped, the name belongs to whoever takes it first
      expect(text, path).not.toMatch(/(?:npx|npm (?:i|install|exec|create))\b[^\n]*[\s=]slipway@/);
      expect(text, path).not.toMatch(/slipway@latest|default: latest|SLIPWAY_VERSION: latest/);
      for (const [, name] of text.matchAll(/(@slipway-dev\/[a-z-]+)/g))
        expect([packageName, '@slipway-dev/create-slipway', '@slipway-dev/engine-'], `${path}: ${name}`).toContain(
          name,
        );
    }
  });
});
