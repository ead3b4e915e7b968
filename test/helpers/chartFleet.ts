import { vi } from 'vitest';
import { createContext } from '../../generator/context.ts';
import type { Context } from '../../generator/ports.ts';
import type { Diagnostic } from '../../generator/model/diagnostic.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import type { PipelineResult } from '../../generator/pipeline/pipeline.ts';
import { helmProgram } from './helm.ts';
import { workspace } from './workspace.ts';

const head = (kind: string, name: string): string =>
  `apiVersion: slipway.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;

export interface ChartFleet {
  /** Files of the chart `web`, below its folder. */
  readonly chart: Readonly<Record<string, string>>;
  /** values.yaml.hbs of the component. */
  readonly values?: string;
  /** More lines of spec in component.yaml. */
  readonly component?: string;
  /** More lines of spec in the cluster spec. */
  readonly spec?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** A repository with one cluster `a`, whose component `web` is a chart in the repository itself. */
export function chartFleet({ chart, values, component = '', spec = '', files = {} }: ChartFleet): string {
  const root = workspace({
    'catalog/catalog.yaml': `${head('Catalog', 'test')}spec:\n  version: 1.0.0\n  kubernetes: { minimum: "1.34" }\n  argocd: { version: v3.4.4 }\n`,
    'catalog/demo/capability.yaml': `${head('Capability', 'demo')}spec:\n  summary: Demo.\n  options: { type: object, properties: {} }\n`,
    'catalog/demo/web/component.yaml': `${head('Component', 'web')}spec:\n  summary: Web.\n  chart: { repository: ./charts/web, name: web, version: 1.0.0 }\n  namespace: web\n${component}`,
    'catalog/demo/web/contributes.yaml.hbs': 'namespaces:\n  - { name: web }\n',
    ...(values === undefined ? {} : { 'catalog/demo/web/values.yaml.hbs': values }),
    'clusters/a.yaml': `${head('Cluster', 'a')}spec:\n  domain: example.com\n  kubernetes: { version: "1.34" }\n  git: { repoURL: "https://git.example.com/fleet.git" }\n  capabilities: { demo: {} }\n${spec}`,
    'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    ...Object.fromEntries(Object.entries(chart).map(([path, text]) => [`charts/web/${path}`, text])),
    ...files,
  });
  vi.stubEnv('SLIPWAY_CACHE_DIR', `${root}/.slipway/user`);
  vi.stubEnv('SLIPWAY_HELM', helmProgram());
  return root;
}

export const quietContext = (root: string): Context => createContext(root, { quiet: true, verbose: false });

/** All stages, and the proof of the charts. */
export function prove(root: string): Promise<PipelineResult> {
  return createPipeline(quietContext(root)).run({ clusters: [], prove: true, keepObjects: true });
}

/** `code file:line:col message` of each finding. */
export const said = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(
    (d) => `${d.severity} ${d.code} ${d.at === undefined ? '-' : `${d.at.file}:${d.at.line}:${d.at.col}`} ${d.message}`,
  );
