import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Json } from './kubeClient.ts';

/** What a tree asks of chart repositories. */
export interface ChartRequest {
  readonly repoURL: string;
  readonly chart: string;
  readonly version: string;
}

interface Source {
  readonly repoURL: string;
  readonly chart?: string;
  readonly targetRevision?: string;
  readonly helm?: { readonly valuesObject?: Json };
}

export interface ApplicationManifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly source?: Source;
    readonly sources?: readonly Source[];
    readonly destination?: { readonly namespace?: string };
  };
}

export function documentsOf(text: string): Json[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Json | null)
    .filter((document): document is Json => document !== null);
}

/** Every Application of the tree of a cluster, the root too. */
export function applicationsOf(tree: string): ApplicationManifest[] {
  const files = [join(tree, 'root.yaml')];
  if (existsSync(join(tree, 'apps')))
    for (const file of readdirSync(join(tree, 'apps')).sort()) files.push(join(tree, 'apps', file));
  return files
    .filter((file) => existsSync(file))
    .flatMap((file) => documentsOf(readFileSync(file, 'utf8')))
    .filter((document) => document['kind'] === 'Application') as unknown as ApplicationManifest[];
}

export function chartRequestsOf(trees: readonly string[]): ChartRequest[] {
  const found = new Map<string, ChartRequest>();
  for (const { spec } of trees.flatMap(applicationsOf))
    for (const source of spec.sources ?? (spec.source === undefined ? [] : [spec.source])) {
      const { repoURL, chart, targetRevision: version = '' } = source;
      if (chart !== undefined) found.set([repoURL, chart, version].join(' '), { repoURL, chart, version });
    }
  return [...found.values()];
}

/** The values that the tree gives to a chart. */
export function valuesOf(tree: string, chart: string): Json {
  const sources = applicationsOf(tree).map(({ spec }) => spec.source);
  return sources.find((source) => source?.chart === chart)?.helm?.valuesObject ?? {};
}
