import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { pinnedHelm } from '../../generator/adapters/helm/engine.ts';
import { asMap, getAt, textAt } from '../../generator/model/values.ts';
import type { Value } from '../../generator/model/values.ts';
import { labVersions } from '../e2e/harness/programs.ts';
import { repository } from '../helpers/workspace.ts';

const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const catalog = asMap(getAt(parse(read('catalog/catalog.yaml')) as Value, 'spec', 'argocd'));
const argocd = textAt(catalog, 'version') ?? '';
const helm = textAt(catalog, 'helm') ?? '';
const minor = (version: string): string => version.split('.').slice(0, 2).join('.');

describe('what is proven is what the catalog installs', () => {
  it('runs the same Argo CD and Helm end to end', () => {
    expect(labVersions).toEqual({ argocd, helm });
  });

  it('installs the Argo CD that catalog.yaml names, in every tree of this repository', () => {
    for (const cluster of ['dev', 'staging', 'gpu', 'prod-eu']) {
      const application = parse(read(`deploy/${cluster}/apps/argocd.yaml`)) as Value;
      expect(getAt(application, 'spec', 'source', 'helm', 'valuesObject', 'global', 'image', 'tag'), cluster).toBe(
        argocd,
      );
    }
  });

  it('has a chart engine of the same minor version of Helm as that Argo CD', () => {
    const engine = /helm\.sh\/helm\/v4 (v\S+)/.exec(read('engine/go.mod'))?.[1] ?? '';
    expect(engine).toBe(`v${pinnedHelm}`);
    expect(minor(engine)).toBe(minor(helm));
  });

  it('says so in the pages that name them', () => {
    const rows = (page: string): readonly string[] =>
      read(page)
        .split('\n')
        .filter((line) => line.startsWith('| '));
    const e2e = rows('docs/e2e.md');
    expect(e2e).toContain(`| Argo CD | ${argocd.slice(1)} | \`test/e2e/tools/argocd\` |`);
    expect(e2e).toContain(`| helm (of the repo-server) | ${helm.slice(1)} | \`test/e2e/tools/helm\` |`);
    expect(rows('catalog/gitops/README.md').find((row) => row.startsWith('| argocd |'))).toContain(
      `(Argo CD ${argocd})`,
    );
    expect(rows('docs/argocd-rules.md').find((row) => row.includes('sync options are those of'))).toContain(
      `those of ${minor(argocd)},`,
    );
  });
});
