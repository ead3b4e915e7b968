import { sha } from '../../generator/util/digest.ts';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Result } from '../../generator/commands/command.ts';
import { createContext } from '../../generator/context.ts';
import { parseEntry } from '../../generator/pipeline/runCache.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { call } from '../helpers/call.ts';
import { chartFleet } from '../helpers/chartFleet.ts';
import { chartPackage, indexYaml, routes, serve } from '../helpers/chartServer.ts';
import { engineProgram, helmProgram } from '../helpers/helm.ts';
import { git, repository, run } from '../helpers/workspace.ts';

afterEach(() => void vi.unstubAllEnvs());

const config = (value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { value: "${value}" }\n`;
const environment = (domain: string): string =>
  `apiVersion: slipway.dev/v1alpha1\nkind: Environment\nmetadata: { name: dev }\nspec: { domain: ${domain} }\n`;

function write(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Renders with the cache, as `slipway render` does. */
function renderOnce(root: string, ...flags: readonly string[]): Promise<Result> {
  vi.stubEnv('SLIPWAY_CACHE_DIR', process.env['SLIPWAY_CACHE_DIR'] ?? `${root}/.slipway/user`);
  return call(createContext(root, { quiet: true, verbose: false }), 'render', ...flags);
}

/** The clusters that a run with the cache passes over. */
async function passedOver(root: string): Promise<readonly string[]> {
  const ctx = createContext(root, { quiet: true, verbose: false });
  const cache = (name: string) => parseEntry(ctx.files.readCache(name));
  const { clusters } = await createPipeline(ctx).run({ clusters: [], cache });
  return clusters.flatMap((c) => (c.cached === undefined ? [] : [c.name]));
}

interface Fleet {
  readonly root: string;
  /** Changes one input of the run. */
  change(): void | Promise<void>;
}

/** A cluster with the chart ./charts/web, delivered rendered. */
function folderChart(more: Partial<Parameters<typeof chartFleet>[0]> = {}): string {
  return chartFleet({
    chart: { 'templates/c.yaml': config('one') },
    spec: '  delivery: rendered\n  environment: dev\n',
    ...more,
    files: { 'environments/dev.yaml': environment('dev.example.com'), ...more.files },
  });
}

/** The same with the chart from elsewhere: `repository` takes the place of ./charts/web. */
function chartFrom(source: string): string {
  const root = folderChart();
  write(root, { 'catalog/demo/web/component.yaml': componentOf(source) });
  rmSync(join(root, 'charts'), { recursive: true });
  return root;
}

const componentOf = (source: string): string =>
  `apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata:\n  name: web\nspec:\n  summary: Web.\n  chart: { repository: "${source}", name: web, version: 1.0.0 }\n  namespace: web\n`;

const webPackage = (value: string): Promise<Buffer> =>
  chartPackage('web', '1.0.0', { 'templates/c.yaml': config(value) });

const inputs: Readonly<Record<string, () => Fleet | Promise<Fleet>>> = {
  'a template of a chart in a folder of the repository': () => {
    const root = folderChart();
    return { root, change: () => write(root, { 'charts/web/templates/c.yaml': config('two') }) };
  },
  'the values of a chart in a folder': () => {
    const root = folderChart({
      chart: { 'templates/c.yaml': config('{{ .Values.a }}'), 'values.yaml': 'a: one\n' },
    });
    return { root, change: () => write(root, { 'charts/web/values.yaml': 'a: two\n' }) };
  },
  'a new file of a chart in a folder': () => {
    const root = folderChart();
    return {
      root,
      change: () => write(root, { 'charts/web/templates/d.yaml': config('two').replace('name: c', 'name: d') }),
    };
  },
  'the .helmignore of a chart in a folder': () => {
    const root = folderChart();
    return { root, change: () => write(root, { 'charts/web/.helmignore': 'templates/c.yaml\n' }) };
  },
  'a chart in a folder that is gone': () => {
    const root = folderChart();
    return { root, change: () => rmSync(join(root, 'charts'), { recursive: true }) };
  },
  'a package that no lock pins, fetched again': async () => {
    let bytes = await webPackage('one');
    const server = await serve((q, r) =>
      routes({ '/index.yaml': indexYaml({ web: [['1.0.0', 'web.tgz', sha(bytes)]] }), '/web.tgz': bytes })(q, r),
    );
    const root = chartFrom(server.url);
    return {
      root,
      change: async () => {
        bytes = await webPackage('two');
        const { charts } = createContext(root, { quiet: true, verbose: false });
        await charts.refetch({ repository: server.url, name: 'web', version: '1.0.0' });
      },
    };
  },
  'a package that no lock pins, in another cache': async () => {
    const bytes = await webPackage('one');
    const server = await serve(
      routes({ '/index.yaml': indexYaml({ web: [['1.0.0', 'web.tgz', sha(bytes)]] }), '/web.tgz': bytes }),
    );
    const root = chartFrom(server.url);
    return { root, change: () => void vi.stubEnv('SLIPWAY_CACHE_DIR', `${root}/.slipway/other`) };
  },
  'a package in the folder of SLIPWAY_CHARTS': async () => {
    const root = chartFrom('https://charts.example.com');
    write(root, { 'bundle/web-1.0.0.tgz': await webPackage('one') });
    vi.stubEnv('SLIPWAY_CHARTS', `${root}/bundle`);
    return { root, change: async () => write(root, { 'bundle/web-1.0.0.tgz': await webPackage('two') }) };
  },
  'a chart in git, whose branch has moved and which was fetched again': () => {
    const root = chartFrom('git+file://{root}/upstream.git//web?ref=refs/heads/main');
    const source = `git+file://${root}/upstream.git//web?ref=refs/heads/main`;
    write(root, { 'catalog/demo/web/component.yaml': componentOf(source) });
    const upstream = join(root, 'upstream.git');
    const commit = (value: string): void => {
      write(upstream, { 'web/templates/c.yaml': config(value) });
      git(upstream, 'add', '-A');
      git(upstream, 'commit', '-q', '-m', value);
    };
    write(upstream, { 'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n' });
    git(upstream, 'init', '-q', '-b', 'main');
    commit('one');
    return {
      root,
      change: async () => {
        commit('two');
        const { charts } = createContext(root, { quiet: true, verbose: false });
        await charts.refetch({ repository: source, name: 'web', version: '1.0.0' });
      },
    };
  },
  'the version of Helm': () => {
    const root = folderChart({ chart: { 'templates/c.yaml': config('{{ .Capabilities.HelmVersion.Version }}') } });
    const program = helmProgram();
    const wrapper = (version: string): string =>
      `#!/bin/sh\nif [ "$1" = version ]; then echo ${version}; else exec "${program}" "$@"; fi\n`;
    write(root, { 'bin/helm': wrapper('v4.0.1') });
    chmodSync(join(root, 'bin/helm'), 0o755);
    vi.stubEnv('SLIPWAY_HELM', join(root, 'bin/helm'));
    vi.stubEnv('SLIPWAY_ENGINE', 'off');
    return { root, change: () => write(root, { 'bin/helm': wrapper('v4.0.2') }) };
  },
  'a Helm that is gone': () => {
    const root = folderChart();
    vi.stubEnv('SLIPWAY_ENGINE', 'off');
    return { root, change: () => void vi.stubEnv('SLIPWAY_HELM', '/nowhere/helm') };
  },
  'the cluster spec': () => {
    const root = folderChart();
    return {
      root,
      change: () => write(root, { 'clusters/a.yaml': `${spec(root)}  labels: { tier: gold }\n` }),
    };
  },
  'the name of the file of a spec': () => {
    const root = folderChart();
    return { root, change: () => renameSync(join(root, 'clusters/a.yaml'), join(root, 'clusters/a.yml')) };
  },
  'an environment': () => {
    const root = folderChart();
    return { root, change: () => write(root, { 'environments/dev.yaml': environment('other.example.com') }) };
  },
  'a template of the catalog': () => {
    const root = folderChart({ values: 'a: 1\n' });
    return { root, change: () => write(root, { 'catalog/demo/web/values.yaml.hbs': 'a: 2\n' }) };
  },
  'a text that a template takes in': () => {
    const root = folderChart({
      values: 'a: {{file "a.sql"}}\n',
      files: { 'catalog/demo/web/files/a.sql': 'SELECT 1;' },
    });
    return { root, change: () => write(root, { 'catalog/demo/web/files/a.sql': 'SELECT 2;' }) };
  },
  'a component of the fleet': () => {
    const root = folderChart();
    return {
      root,
      change: () =>
        write(root, {
          'custom/own/capability.yaml':
            'apiVersion: slipway.dev/v1alpha1\nkind: Capability\nmetadata: { name: own }\nspec: { summary: Own., options: { type: object, properties: {} } }\n',
        }),
    };
  },
  'the lock of charts': async () => {
    const bytes = await webPackage('one');
    const other = await webPackage('two');
    const root = chartFrom('https://charts.example.com');
    const lock = (digest: string): string =>
      `version: 1\ncharts:\n  - { repository: "https://charts.example.com", name: web, version: 1.0.0, digest: "sha256:${digest}" }\n`;
    write(root, { 'bundle/web-1.0.0.tgz': bytes, 'catalog/catalog.lock': lock(sha(bytes)) });
    vi.stubEnv('SLIPWAY_CHARTS', `${root}/bundle`);
    return {
      root,
      change: () => write(root, { 'bundle/web-1.0.0.tgz': other, 'catalog/catalog.lock': lock(sha(other)) }),
    };
  },
  'a schema of the repository': () => {
    const root = folderChart({ files: { 'schemas/crds/example.com/Thing_v1.json': '{}' } });
    return { root, change: () => write(root, { 'schemas/crds/example.com/Thing_v1.json': '{"a":1}' }) };
  },
  'a file of the tree': () => {
    const root = folderChart();
    return { root, change: () => write(root, { 'deploy/a/root.yaml': 'edited: true\n' }) };
  },
};

const spec = (root: string): string => execFileSync('cat', [join(root, 'clusters/a.yaml')], { encoding: 'utf8' });

describe('a cluster is not passed over after a change of', () => {
  it.each(Object.entries(inputs))('%s', async (_what, make) => {
    const { root, change } = await make();
    expect((await renderOnce(root)).diagnostics ?? []).toEqual([]);
    expect(await passedOver(root)).toEqual(['a']);
    await change();
    const found = await passedOver(root).catch((error: unknown) => (error instanceof Error ? error.name : 'thrown'));
    expect(found === 'ToolError' ? [] : found).toEqual([]);
  });

  it('the Helm that renders: the chart engine, or the helm program', async ({ skip }) => {
    const { program, missing } = engineProgram();
    if (missing !== undefined) return skip(missing);
    const root = folderChart();
    vi.stubEnv('SLIPWAY_ENGINE', program);
    await renderOnce(root);
    expect(await passedOver(root)).toEqual(['a']);
    vi.stubEnv('SLIPWAY_ENGINE', 'off');
    expect(await passedOver(root)).toEqual([]);
  });

  it('a schema of the program', async () => {
    const root = folderChart({ spec: '' });
    for (const part of ['dist', 'schemas', 'package.json'])
      cpSync(join(repository, part), join(root, 'program', part), { recursive: true });
    const cli = join(root, 'program/dist/cli.mjs');
    const stats = (): string =>
      execFileSync(process.execPath, [cli, 'render', '--check', '--stats'], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    execFileSync(process.execPath, [cli, 'render'], { cwd: root, stdio: 'ignore' });
    expect(stats()).toContain('a  ok');
    write(root, { 'program/schemas/kubernetes/v1.34.json': '{' });
    expect(() => stats()).toThrow();
  });
});

describe('a cluster is passed over', () => {
  it('without its package, when the lock says which one it was', async () => {
    const bytes = await webPackage('one');
    const root = chartFrom('https://charts.example.com');
    write(root, {
      'bundle/web-1.0.0.tgz': bytes,
      'catalog/catalog.lock': `version: 1\ncharts:\n  - { repository: "https://charts.example.com", name: web, version: 1.0.0, digest: "sha256:${sha(bytes)}" }\n`,
    });
    vi.stubEnv('SLIPWAY_CHARTS', `${root}/bundle`);
    await renderOnce(root);
    vi.stubEnv('SLIPWAY_CHARTS', '');
    expect(await passedOver(root)).toEqual(['a']);
  });

  it('without asking for Helm, when none of its charts is delivered rendered', async () => {
    const root = folderChart({ spec: '' });
    await renderOnce(root);
    vi.stubEnv('SLIPWAY_HELM', '/nowhere/helm');
    expect(await passedOver(root)).toEqual(['a']);
  });
});

describe('what was found with other checks', () => {
  it('is not taken for what the checks of this run find', () => {
    const root = folderChart({ spec: '' });
    expect(run(root, ['render']).code).toBe(0);
    expect(run(root, ['validate']).code).toBe(0);
    write(root, { 'own/configmap.json': '{"type":"object","required":["nowhere"]}' });
    const other = run(root, ['validate', '--schema-location', `${root}/own/{{ .ResourceKind }}.json`]);
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('nowhere') as string]);
    expect(run(root, ['validate']).code).toBe(0);
  });
});

describe('what commands say after a chart in the repository was edited', () => {
  it('render --check and drift, with the cache and without', () => {
    const root = folderChart();
    expect(run(root, ['render']).code).toBe(0);
    write(root, { 'charts/web/templates/c.yaml': config('two') });
    for (const args of [['render', '--check'], ['drift']]) {
      const cached = run(root, args);
      const fresh = run(root, [...args, '--no-cache']);
      expect([args, cached.code, cached.stdout]).toEqual([args, 2, fresh.stdout]);
    }
  });
});
