import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { ArchiveProblem, readArchive } from '../../generator/adapters/charts/archive.ts';
import { createTextReader } from '../../generator/adapters/http/text.ts';
import { usualLimits } from '../../generator/adapters/http/problems.ts';
import { chooseContext } from '../../generator/adapters/kubernetes/kubeconfig.ts';
import { parseIgnore } from '../../generator/charts/ignore.ts';
import { parseLock, printLock } from '../../generator/charts/lock.ts';
import { readIndex } from '../../generator/charts/repositoryIndex.ts';
import { chartSource } from '../../generator/charts/source.ts';
import { createContext } from '../../generator/context.ts';
import { parseJqPath } from '../../generator/drift/jqPath.ts';
import { createDocumentReader } from '../../generator/helm/documents.ts';
import { importSchemas } from '../../generator/kubernetes/schemaFiles.ts';
import type { Diagnostic } from '../../generator/model/diagnostic.ts';
import { DiagnosticsError, ToolError, UsageError } from '../../generator/model/diagnostic.ts';
import { formatDiagnostics } from '../../generator/report/text.ts';
import { createTemplates, TemplateError } from '../../generator/template/template.ts';
import { patternProblem } from '../../generator/util/regex.ts';
import { readKubernetesYaml } from '../../generator/yaml/kubernetesYaml.ts';
import { objectsIn } from '../../generator/yaml/objects.ts';
import { parseSource } from '../../generator/yaml/source.ts';
import { call } from '../helpers/call.ts';

/** One reader or command. */
export interface Target {
  readonly name: string;
  /** Share of the inputs. */
  readonly weight: number;
  readonly corpus: readonly string[];
  /** The answer, which has to be the same for the same input; throws what is a fault. */
  run(input: string): unknown;
}

/** npm runs scripts there. */
const repository = process.cwd();
const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const demo = join(repository, 'test/cases/_base/demo');

/** Texts of files below a folder, by the end of their names. */
function textsIn(folder: string, end: string, most = 40): string[] {
  const names = readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith(end))
    .sort()
    .slice(0, most)
    .map((name) => read(join(folder, name)));
}

/** A finding is a fault when nobody can find what it is about. */
function requirePlaces(diagnostics: readonly Diagnostic[]): void {
  for (const { at, code, message } of diagnostics) {
    if (at === undefined) throw new Error(`finding without a place: ${code} ${message}`);
    if (!(at.line >= 1 && at.col >= 1 && at.file !== '')) throw new Error(`finding at no place: ${JSON.stringify(at)}`);
  }
  formatDiagnostics(diagnostics);
}

const placed = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => (requirePlaces(diagnostics), diagnostics);

/** What a reader throws on purpose is its answer. */
function answer(work: () => unknown, ...expected: readonly (abstract new (...args: never[]) => Error)[]): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && expected.some((kind) => error instanceof kind)) return error.message;
    throw error;
  }
}

/** Any error that is no mistake of the program: those that JavaScript throws itself are. */
function refusal(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

export async function createTargets(): Promise<readonly Target[]> {
  return [...readers(), ...(await commands()), ...(await answers())];
}

function readers(): Target[] {
  const specs = [
    read('test/cases/_base/demo/clusters/a.yaml'),
    ...textsIn('clusters', '.yaml'),
    ...textsIn('environments', '.yaml'),
  ];
  const manifests = [...textsIn('deploy/dev/manifests', '.yaml', 30), read('deploy/dev/root.yaml')];
  const crds = textsIn('schemas/crds', '.json', 6).map((text) => text.slice(0, 20_000));
  const templates = [...textsIn('catalog', '.hbs', 60), ...textsIn('test/cases/_base/demo/catalog', '.hbs')];
  const library = createTemplates();
  const context = {
    cluster: { name: 'a', domain: 'x.io' },
    options: { text: 'x', items: [{ name: 'p', size: 1 }] },
    component: { name: 'c', namespace: 'n' },
  };
  const index =
    'apiVersion: v1\nentries:\n  demo:\n  - version: 1.0.0\n    urls: [demo-1.0.0.tgz]\n    digest: abc\n  other:\n  - version: 2.0.0\n    urls:\n    - https://x.io/other.tgz\n';
  const lock = printLock([
    { repository: 'https://x.io/charts', name: 'demo', version: '1.0.0', digest: 'a'.repeat(64) },
  ]);
  const patterns = textsIn('schemas/base', '.json').flatMap((text) =>
    [...text.matchAll(/"pattern": "(.*)"/g)].map(([, p = '']) => JSON.parse(`"${p}"`) as string),
  );
  const definition =
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: a.x.io }\nspec:\n  group: x.io\n  scope: Namespaced\n  names: { kind: A, plural: as }\n  versions:\n    - name: v1\n      served: true\n      storage: true\n      schema:\n        openAPIV3Schema:\n          type: object\n          properties:\n            spec: { type: object, required: [a], properties: { a: { type: string, pattern: "^a$" } }, x-kubernetes-validations: [{ rule: "self.a != \\"\\"" }] }\n';
  return [
    {
      name: 'source',
      weight: 30,
      corpus: specs,
      run: (text) => placed(parseSource('clusters/f.yaml', text).diagnostics),
    },
    {
      name: 'objects',
      weight: 60,
      corpus: manifests,
      run: (text) =>
        objectsIn('f.yaml', text).map((o) => ('why' in o ? [o.why, o.at] : [o.kind, o.name, o.at('/metadata')])),
    },
    { name: 'kubernetesYaml', weight: 60, corpus: [...manifests, ...specs], run: (text) => readKubernetesYaml(text) },
    {
      name: 'chartOutput',
      weight: 30,
      corpus: manifests,
      run: (text) =>
        createDocumentReader()({
          texts: [{ source: 'c/templates/a.yaml', text, isCrd: false }],
          impure: [],
          warnings: [],
        }),
    },
    {
      name: 'crd',
      weight: 40,
      corpus: [definition, ...crds],
      run: (text) => {
        const { files, unread, notes } = importSchemas([{ path: 'f.yaml', text }], {});
        return [[...files], unread, notes];
      },
    },
    {
      name: 'template',
      weight: 60,
      corpus: templates,
      run: (text) => answer(() => library.render(text, context), TemplateError),
    },
    { name: 'lock', weight: 20, corpus: [lock], run: (text) => placed(parseLock(text).diagnostics) },
    {
      name: 'index',
      weight: 30,
      corpus: [index, JSON.stringify({ entries: { demo: [{ version: '1.0.0', urls: ['a'] }] } })],
      run: (text) => refusal(() => readIndex(text, 'demo')),
    },
    {
      name: 'helmignore',
      weight: 20,
      corpus: ['*.tgz\n!keep\n/a/[a-z]*\nb/\n# c\n\\#d\n'],
      run: (text) => refusal(() => ['a', 'b/c.tgz'].map((path) => parseIgnore(text)(path, false))),
    },
    {
      name: 'repository',
      weight: 20,
      corpus: ['https://x.io/charts', 'oci://x.io/a', 'git+https://x.io/r.git//charts/a?ref=v{version}', './charts/a'],
      run: (repositoryText) => chartSource({ repository: repositoryText, version: '1.0.0' }),
    },
    {
      name: 'jqPath',
      weight: 20,
      corpus: ['.spec.a[].b', '.a[] | select(.name == "x") | .b', '.a["b"] | select(.c | test("^a+$"))'],
      run: (text) => parseJqPath(text)?.remove({ spec: { a: [{ b: 1 }] } }),
    },
    { name: 'pattern', weight: 20, corpus: patterns, run: (text) => patternProblem(text) },
    { name: 'archive', weight: 30, corpus: ['name: demo\nversion: 1.0.0\napiVersion: v2\n'], run: archive },
  ];
}

/** A package whose Chart.yaml and bytes are spoilt. */
async function archive(text: string): Promise<unknown> {
  const tar = Buffer.from(
    await packTar([{ header: { name: 'demo/Chart.yaml', size: Buffer.byteLength(text), type: 'file' }, body: text }]),
  );
  const place = text.length % tar.length;
  tar[place] = (tar[place] ?? 0) ^ (text.length & 255);
  const packed = gzipSync(tar);
  if (text.length % 3 === 0) packed[text.length % packed.length] = 7;
  try {
    return [...(await readArchive(packed)).files];
  } catch (error) {
    if (error instanceof ArchiveProblem) return error.message;
    throw error;
  }
}

/** Files of a fleet, each spoilt in a folder of its own while a command runs. */
async function commands(): Promise<Target[]> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-fuzz-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  const files = readdirSync(demo, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(demo.length + 1), readFileSync(path, 'utf8')] as const);
  const base = new Map([...files, ['environments/e.yaml', read('environments/base.yaml')]]);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of base) write(path, text);
  const target = (
    name: string,
    weight: number,
    path: string,
    words: readonly string[],
    extra: readonly string[] = [],
  ): Target => ({
    name,
    weight,
    corpus: [base.get(path) ?? extra[0] ?? '', ...extra],
    async run(text) {
      write(path, text);
      try {
        const ctx = createContext(root, { quiet: true, verbose: false, offline: true }, () => undefined);
        const result = await call(ctx, ...words);
        return [placed(result.diagnostics ?? []), result.text];
      } catch (error) {
        if (error instanceof DiagnosticsError) return placed(error.diagnostics);
        if (error instanceof ToolError || error instanceof UsageError) return error.message;
        throw error;
      } finally {
        const before = base.get(path);
        if (before === undefined) rmSync(join(root, path), { recursive: true, force: true });
        else write(path, before);
      }
    },
  });
  const check = ['render', '--check', '--no-cache'];
  const journal = '{"version":1,"entries":[]}';
  return [
    target('spec', 2, 'clusters/a.yaml', check),
    target('environment', 1, 'environments/e.yaml', check, [read('environments/dev.yaml')]),
    target('capability', 2, 'catalog/demo/capability.yaml', ['validate'], textsIn('catalog', 'capability.yaml')),
    target(
      'component',
      1,
      'catalog/demo/demo-config/component.yaml',
      ['validate'],
      textsIn('catalog', 'component.yaml'),
    ),
    target('values', 1, 'catalog/demo/demo-chart/values.yaml.hbs', check),
    target('manifest', 1, 'catalog/demo/demo-config/manifests/config.yaml.hbs', check),
    target('treeLock', 1, 'deploy/a/tree.lock', check),
    target('journal', 1, 'deploy/.slipway-journal/journal.json', check, [journal, '[{"path":"a/root.yaml"}]']),
    target('explain', 1, 'clusters/a.yaml', ['explain', 'a', 'domain']),
    target('files', 1, 'some.yaml', ['validate', 'some.yaml'], textsIn('deploy/dev/manifests', '.yaml', 10)),
  ];
}

/** Bytes of a server, and a kubeconfig. */
async function answers(): Promise<Target[]> {
  let bytes = '';
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.from(bytes, 'latin1')));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const fetchText = createTextReader({ ...usualLimits, total: 3000, attempts: 1, headers: 1000, body: 1000 });
  const kubeconfig = join(mkdtempSync(join(tmpdir(), 'slipway-fuzz-')), 'config');
  process.on('exit', () => rmSync(dirname(kubeconfig), { recursive: true, force: true }));
  const ok = (headers: string, body: string): string =>
    `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
  return [
    {
      name: 'http',
      weight: 1,
      corpus: [
        ok('Content-Type: application/json\r\n', '{"a":1}'),
        ok('Content-Encoding: gzip\r\n', gzipSync('a'.repeat(1000)).toString('latin1')),
        'HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      ],
      async run(text) {
        bytes = text;
        try {
          return (await fetchText(`http://127.0.0.1:${port}/a`))?.length;
        } catch (error) {
          if (error instanceof ToolError) return error.code;
          throw error;
        }
      },
    },
    {
      name: 'kubeconfig',
      weight: 1,
      corpus: [
        'apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{ name: a, context: { cluster: c, user: u } }]\nclusters: [{ name: c, cluster: { server: "https://127.0.0.1:1" } }]\nusers: [{ name: u, user: { token: x } }]\n',
      ],
      async run(text) {
        writeFileSync(kubeconfig, text);
        try {
          return (await chooseContext('a', (name) => (name === 'KUBECONFIG' ? kubeconfig : undefined))).config
            .currentContext;
        } catch (error) {
          if (error instanceof ToolError || error instanceof UsageError) return error.message;
          throw error;
        }
      },
    },
  ];
}
