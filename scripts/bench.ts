// Measures what the README promises: `npm run bench` prints a table, row by row, and writes slipway-bench.json into the
// temporary folder; `npm run bench start|validation|fleet|charts` only that part of it.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createApiShapes } from '../generator/kubernetes/shapes/apiShapes.ts';
import { objectsIn } from '../generator/yaml/objects.ts';
import { compareText } from '../generator/model/values.ts';

import { helmProgram } from '../test/helpers/helm.ts';
import { benchCharts } from './benchCharts.ts';

const repository = resolve(import.meta.dirname, '..');
const cli = join(repository, 'dist/cli.mjs');
const clusters = Number(process.env['BENCH_CLUSTERS'] ?? 1000);
const componentsPerCluster = 30;

interface Row {
  readonly what: string;
  readonly ms: number;
  readonly budgetMs: number;
  readonly maxRssMiB?: number;
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const head = (kind: string, name: string): string =>
  `apiVersion: slipway.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;

/** A catalog of ten capabilities with two charts and one folder of manifests each. */
function syntheticCatalog(root: string): void {
  write(
    root,
    'catalog/catalog.yaml',
    `${head('Catalog', 'bench')}spec:\n  version: 1.0.0\n  kubernetes: { minimum: "1.33" }\n  argocd: { version: v3.4.4 }\n`,
  );
  for (let c = 0; c < componentsPerCluster / 3; c += 1) {
    const cap = `cap${c}`;
    write(
      root,
      `catalog/${cap}/capability.yaml`,
      `${head('Capability', cap)}spec:\n  summary: Capability ${c}.\n  options:\n    type: object\n    properties:\n      replicas: { type: integer, default: 2, description: Replicas. }\n      size: { type: string, default: 10Gi, description: Size. }\n      tags: { type: array, items: { type: string }, default: [a, b], description: Tags. }\n`,
    );
    for (const kind of ['operator', 'cluster', 'extras']) {
      const name = `${cap}-${kind}`;
      const chart =
        kind === 'extras'
          ? ''
          : `  chart: { repository: "https://charts.example.com/${cap}", name: ${name}, version: 1.2.3 }\n`;
      const needs =
        kind === 'operator' ? '' : `  needs:\n    - { component: ${cap}-operator, reason: Its definitions. }\n`;
      write(
        root,
        `catalog/${cap}/${name}/component.yaml`,
        `${head('Component', name)}spec:\n  summary: ${name}.\n  namespace: ${cap}\n${chart}${needs}`,
      );
      if (kind === 'operator')
        write(
          root,
          `catalog/${cap}/${name}/contributes.yaml.hbs`,
          `namespaces:\n  - { name: ${cap}, labels: { team: platform } }\n`,
        );
      if (kind === 'extras')
        write(
          root,
          `catalog/${cap}/${name}/manifests/objects.yaml.hbs`,
          [0, 1]
            .map(
              (i) =>
                `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}-${i}\n  namespace: {{component.namespace}}\ndata:\n  domain: {{cluster.domain}}\n  replicas: {{str options.replicas}}\n`,
            )
            .join('---\n'),
        );
      else
        write(
          root,
          `catalog/${cap}/${name}/values.yaml.hbs`,
          `replicaCount: {{options.replicas}}\nhost: {{str "${name}." cluster.domain}}\npersistence:\n  enabled: true\n  size: {{options.size}}\nresources:\n  requests: { cpu: 100m, memory: 128Mi }\n  limits: { memory: 256Mi }\ntags:\n{{#each options.tags as |tag|}}\n  - {{tag}}\n{{/each}}\nserviceMonitor:\n  enabled: true\n  labels: {{cluster.labels}}\naffinity:\n  podAntiAffinity:\n    preferredDuringSchedulingIgnoredDuringExecution:\n      - weight: 100\n        podAffinityTerm:\n          topologyKey: kubernetes.io/hostname\n`,
        );
    }
  }
}

function syntheticCluster(i: number, replicas: number): string {
  const capabilities = Array.from(
    { length: componentsPerCluster / 3 },
    (_, c) => `    cap${c}: { replicas: ${replicas} }`,
  ).join('\n');
  return `apiVersion: slipway.dev/v1alpha1\nkind: Cluster\nmetadata: { name: c${i}, labels: { region: r${i % 7} } }\nspec:\n  environment: base\n  domain: c${i}.example.com\n  capabilities:\n${capabilities}\n`;
}

function measure(what: string, root: string, args: readonly string[], budgetMs: number, runs = 1, status = 0): Row {
  let best = Infinity;
  let maxRssMiB: number | undefined;
  for (let i = 0; i < runs; i += 1) {
    const start = performance.now();
    const result = spawnSync(process.execPath, args as string[], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
    best = Math.min(best, performance.now() - start);
    if (result.status !== status) throw new Error(`${what} ended with ${result.status}: ${result.stderr.slice(-2000)}`);
    const rss = /memory (\d+) MiB/.exec(result.stderr)?.[1];
    if (rss !== undefined) maxRssMiB = Math.max(maxRssMiB ?? 0, Number(rss));
  }
  return { what, ms: Math.round(best), budgetMs, ...(maxRssMiB === undefined ? {} : { maxRssMiB }) };
}

/** Checks the objects of the committed trees again and again, in one thread, after they were compiled; per 100 000 objects. */
function validating(): Row {
  const schemaJson = (path: string): unknown => {
    const file = join(repository, 'schemas', path);
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  };
  const shapes = createApiShapes({
    kubernetes: (minor) => schemaJson(`kubernetes/v${minor}.json`),
    crd: (group, version, kind) => schemaJson(`crds/${group}/${kind}_${version}.json`),
  });
  const objects = readdirSync(join(repository, 'deploy'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .sort(compareText)
    .flatMap((path) => objectsIn(path, readFileSync(join(repository, 'deploy', path), 'utf8')))
    .flatMap((found) => ('object' in found ? [found.object] : []));
  const minor = '1.34';
  const round = (): void => {
    for (const object of objects) shapes.check(object, minor);
  };
  shapes.expect(objects, minor);
  for (let i = 0; i < 20; i += 1) round();
  const rounds = Math.ceil(100_000 / objects.length);
  let best = Infinity;
  for (let run = 0; run < 5; run += 1) {
    const start = performance.now();
    for (let i = 0; i < rounds; i += 1) round();
    best = Math.min(best, (performance.now() - start) / (rounds * objects.length));
  }
  return {
    what: `validate objects, warm (${Math.round(1000 / best)}/s)`,
    ms: Math.round(best * 100_000),
    budgetMs: 1250,
  };
}

const root = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
const rows: Row[] = [];

const print = (what: string, ms: string, budget: string, memory: string, verdict: string): void =>
  console.log([what.padEnd(44), ms.padStart(8), budget.padStart(8), memory.padStart(6), verdict].join(' '));

function report(...measured: readonly Row[]): void {
  rows.push(...measured);
  for (const { what, ms, budgetMs, maxRssMiB } of measured)
    print(
      what,
      String(ms),
      String(budgetMs || '-'),
      String(maxRssMiB ?? '-'),
      budgetMs > 0 && ms > budgetMs ? 'OVER' : '',
    );
}

function start(): void {
  const bare = measure('node -e 0', root, ['-e', '0'], 0, 10);
  report(bare, measure('slipway --help', root, [cli, '--help'], bare.ms + 60, 10));
  const examples = join(root, 'examples');
  for (const folder of ['catalog', 'environments', 'clusters'])
    if (existsSync(join(repository, folder)))
      cpSync(join(repository, folder), join(examples, folder), { recursive: true });
  if (existsSync(join(examples, 'clusters')))
    report(measure('example clusters, cold', examples, [cli, 'render', '--stats'], 1500));
}

function fleetOfMany(): void {
  const fleet = join(root, 'fleet');
  syntheticCatalog(fleet);
  write(
    fleet,
    'environments/base.yaml',
    `${head('Environment', 'base')}spec:\n  kubernetes: { version: "1.34" }\n  git: { repoURL: "https://git.example.com/fleet.git" }\n`,
  );
  for (let i = 0; i < clusters; i += 1) write(fleet, `clusters/c${i}.yaml`, syntheticCluster(i, 3));
  const name = `${clusters} × ${componentsPerCluster}`;
  report(
    measure(`${name}, cold`, fleet, [cli, 'render', '--stats'], 15_000),
    measure(`${name}, no change`, fleet, [cli, 'render', '--stats'], 3000, 2),
    measure(`${name}, drift`, fleet, [cli, 'drift', '--offline', '--stats'], 5000, 2),
  );
  write(fleet, 'clusters/c7.yaml', syntheticCluster(7, 4));
  report(measure(`${name}, one edited (-c c7)`, fleet, [cli, 'render', '-c', 'c7', '--stats'], 500));
  write(fleet, 'clusters/c8.yaml', syntheticCluster(8, 4));
  report(measure(`${name}, one edited (all)`, fleet, [cli, 'render', '--stats'], 3000));
  write(fleet, '.gitignore', '.slipway/\n');
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    ['-c', 'user.name=b', '-c', 'user.email=b@b', 'commit', '-qm', 'b'],
  ])
    spawnSync('git', args, { cwd: fleet });
  write(fleet, 'clusters/c9.yaml', syntheticCluster(9, 4));
  report(
    measure(`${name}, diff of one edited`, fleet, [cli, 'diff'], 5000, 2, 2),
    measure(`${name}, diff --base of it`, fleet, [cli, 'diff', '--base', 'HEAD'], 5000, 2, 2),
  );
}

const parts: Readonly<Record<string, () => void | Promise<void>>> = {
  start,
  validation: () => report(validating()),
  fleet: fleetOfMany,
  charts: () => benchCharts({ root, cli, helm: helmProgram(), realCharts: process.env['SLIPWAY_REAL_CHARTS'], report }),
};
const only = process.argv[2];
try {
  if (only !== undefined && !Object.hasOwn(parts, only))
    throw new Error(`The bench has no part "${only}": it has ${Object.keys(parts).join(', ')}.`);
  print('what', 'ms', 'budget', 'MiB', '');
  for (const [name, part] of Object.entries(parts)) if (only === undefined || only === name) await part();
} finally {
  rmSync(root, { recursive: true, force: true });
}
const out = join(tmpdir(), 'slipway-bench.json');
writeFileSync(
  out,
  `${JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, version: JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')).version as string, rows }, undefined, 2)}\n`,
);
console.log(`written to ${out}`);
