import type { Value, ValueMap } from '../../model/values.ts';
import { asString, compareText } from '../../model/values.ts';
import { emitYaml } from '../../yaml/emit.ts';
import { ownName, repositoryFolder } from '../../charts/source.ts';
import { sortVersions } from '../../charts/versions.ts';
import type { BundleEntry } from '../../model/bundle.ts';

/** A package that goes into a bundle, by its upstream name. */
export interface BundledChart {
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the package, hex. */
  readonly digest: string;
  /** Where it is on this machine. */
  readonly file: string;
  /** Its Chart.yaml. */
  readonly metadata: ValueMap;
}

export interface BundleInput {
  readonly charts: readonly BundledChart[];
  /** Schemas of the fleet: path below schemas/ → file of this machine. */
  readonly schemas: ReadonlyMap<string, string>;
  /** Images of all charts, when they are known. */
  readonly images?: readonly string[];
}

/** The files of a bundle by path; no times, no hosts: the same fleet gives the same bytes. */
export function bundleEntries({ charts, schemas, images }: BundleInput): ReadonlyMap<string, BundleEntry> {
  const entries = new Map<string, BundleEntry>();
  for (const [folder, own] of byFolder(charts)) {
    for (const chart of own) entries.set(`charts/${folder}/${fileName(chart)}`, { copy: chart.file });
    entries.set(`charts/${folder}/index.yaml`, { text: printIndex(own) });
  }
  for (const [path, file] of schemas) entries.set(`schemas/${path}`, { copy: file });
  if (images !== undefined)
    entries.set('images.txt', {
      text: [...new Set(images)]
        .sort(compareText)
        .map((i) => `${i}\n`)
        .join(''),
    });
  entries.set('README.md', { text: readme(charts, images !== undefined) });
  return new Map([...entries].sort(([a], [b]) => compareText(a, b)));
}

const fileName = ({ name, version }: BundledChart): string => `${ownName(name)}-${version}.tgz`;

function byFolder(charts: readonly BundledChart[]): ReadonlyMap<string, readonly BundledChart[]> {
  const found = new Map<string, BundledChart[]>();
  for (const chart of charts) {
    const folder = repositoryFolder(chart.repository);
    found.set(folder, [...(found.get(folder) ?? []), chart]);
  }
  return found;
}

/** What Helm and Argo CD read of a chart in an index. */
const indexKeys = ['apiVersion', 'appVersion', 'description', 'home', 'icon', 'kubeVersion', 'type'];

/** The index of a chart repository, as `helm repo index` writes it, but without times. */
function printIndex(charts: readonly BundledChart[]): string {
  const names = [...new Set(charts.map((c) => c.name))].sort(compareText);
  const entries = Object.fromEntries(
    names.map((name): [string, Value] => {
      const own = charts.filter((c) => c.name === name);
      const order = sortVersions(own.map((c) => c.version));
      const sorted = [...own].sort((a, b) => order.indexOf(a.version) - order.indexOf(b.version));
      return [name, sorted.map(indexEntry)];
    }),
  );
  return emitYaml({ apiVersion: 'v1', entries });
}

function indexEntry(chart: BundledChart): ValueMap {
  const { name, digest, metadata } = chart;
  const facts = indexKeys.flatMap((key) => {
    const value = asString(metadata[key]);
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    apiVersion: 'v2',
    ...Object.fromEntries(facts),
    name,
    version: chart.version,
    urls: [fileName(chart)],
    digest,
  };
}

/** Which mirrors a site has to set: one for each scheme, and one for each chart from git. */
export function bundleMirrors(charts: readonly BundledChart[], server: string): ReadonlyMap<string, string> {
  const mirrors = charts.map(({ repository }): [string, string] => {
    const folder = repositoryFolder(repository);
    if (repository.startsWith('git+')) return [repository, `${server}/charts/${folder}`];
    const scheme = `${repository.split('://')[0] ?? ''}://`;
    return [scheme, `${server}/charts/${folder.split('/')[0] ?? ''}/`];
  });
  return new Map(mirrors.sort(([a], [b]) => compareText(a, b)));
}

function readme(charts: readonly BundledChart[], hasImages: boolean): string {
  const mirrors = [...bundleMirrors(charts, 'https://bundle.example.com')];
  const rows = charts.map((c) => `| ${c.name} | ${c.version} | ${c.repository} |`).sort(compareText);
  return [
    '# Bundle',
    '',
    'What a site without a way to the internet needs beside the fleet repository.',
    '',
    '```',
    'sha256sum -c SHA256SUMS        # nothing was damaged on the way',
    '```',
    '',
    '| folder | what it is |',
    '|---|---|',
    '| `charts/` | chart repositories: any web server that serves this folder is one for each folder with an `index.yaml` |',
    '| `schemas/` | API schemas that trees are checked against |',
    ...(hasImages ? ['| `images.txt` | container images that the charts name, one a line |'] : []),
    '',
    'Serve the folder, for example at `https://bundle.example.com`, and set in an environment of the fleet:',
    '',
    '```yaml',
    'spec:',
    '  charts:',
    '    mirrors:',
    ...mirrors.map(([from, to]) => `      ${JSON.stringify(from)}: ${JSON.stringify(to)}`),
    '```',
    '',
    'Slipway itself takes packages from here with `SLIPWAY_CHARTS=<this folder>/charts slipway render --offline`.',
    '',
    '## Charts',
    '',
    '| chart | version | repository |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
