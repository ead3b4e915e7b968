import { parseJsonFile } from '../../yaml/json.ts';
import type { Context } from '../../ports.ts';
import { applyArguments, establishedCommands, helmArguments, rootKinds, trackedBy } from './steps.ts';
import type { ArgocdChart, Bootstrap, BootstrapStep } from './steps.ts';
import { splitManifests } from '../../helm/output.ts';
import { ToolError } from '../../model/diagnostic.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SecretExpectation } from '../../model/model.ts';
import type { Value, ValueMap } from '../../model/values.ts';
import { asMap, asString, isMap, mapAt, textAt, valueAt } from '../../model/values.ts';
import { emitDocuments, emitYaml } from '../../yaml/emit.ts';
import { readKubernetesYaml } from '../../yaml/kubernetesYaml.ts';
import { objectsOf } from '../../yaml/lists.ts';
import { isDefinition } from '../../kubernetes/definitions.ts';

interface Applied {
  readonly lines: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** How long Argo CD may take to become available. */
const timeout = '--timeout=10m';

/**
 * Does the steps against one context. A cluster whose root is there is in Argo CD's hands: nothing is touched. `secrets`: a
 * folder of this machine that missing Secrets are made from, `<namespace>/<name>/<key>`.
 */
export async function applyBootstrap(
  ctx: Context,
  plan: Bootstrap,
  context: string,
  secrets: string | undefined,
): Promise<Applied> {
  const kubectl = kubectlFor(ctx, context);
  const lines: string[] = [];
  const { root, hub } = plan;
  if (hub === null && (await kubectl.has('applications.argoproj.io', root.name, root.namespace)))
    return {
      lines: [`Nothing to do: the root ${root.namespace}/${root.name} is there, and Argo CD manages the cluster.`],
      diagnostics: [],
    };
  const wanting: Diagnostic[] = [];
  for (const step of plan.steps) {
    if (step.kind === 'secret') {
      const { said, problem } = await ensureSecret(ctx, kubectl, step.secret, secrets);
      if (problem !== undefined) wanting.push(secretProblem(step.secret, problem));
      else lines.push(`${step.title}: ${said}`);
      continue;
    }
    // All Secrets in one run, and nothing after them.
    if (wanting.length > 0) break;
    lines.push(`${step.title}: ${await applyStep(ctx, kubectl, step)}`);
  }
  return { lines, diagnostics: wanting };
}

async function applyStep(
  ctx: Context,
  kubectl: Kubectl,
  step: Exclude<BootstrapStep, { kind: 'secret' }>,
): Promise<string> {
  switch (step.kind) {
    case 'apply':
      return kubectl.apply(step.files.flatMap((f) => ['-f', `${ctx.files.root}/${f}`]));
    case 'store':
      return `left to you: ${step.entries.length} secrets`;
    case 'chart':
      return installChart(ctx, kubectl, step.chart);
    case 'wait': {
      for (const command of establishedCommands(rootKinds)) await kubectl.run(command);
      const available = ['wait', '--for=condition=Available', 'deployment', '--all', timeout];
      await kubectl.run(['-n', step.namespace, ...available]);
      return 'available';
    }
    case 'register':
      return `left to you: register the cluster as ${step.destination} with the Argo CD of ${step.hub}`;
  }
}

function readRendered(text: string): Value {
  const read = readKubernetesYaml(text);
  if ('problem' in read)
    throw failed('helm template', `${read.problem.reason}, in line ${read.problem.line} of\n${text}`);
  return read.value;
}

/** Renders Argo CD's chart, applies its definitions first, and leaves out what the cluster has no kinds for yet. */
async function installChart(ctx: Context, kubectl: Kubectl, chart: ArgocdChart): Promise<string> {
  const helm = ctx.env('SLIPWAY_HELM') ?? 'helm';
  const rendered = await ctx.processes.run(helm, helmArguments(chart), emitYaml(chart.values));
  if (rendered.code !== 0) throw failed('helm template', rendered.stderr);
  const objects = splitManifests(rendered.stdout)
    .map(readRendered)
    .filter(isMap)
    .flatMap(objectsOf)
    .map((object) => trackedBy(chart, object));
  const crds = objects.filter(isDefinition);
  await kubectl.apply(['-f', '-'], emitDocuments(crds));
  for (const command of establishedCommands(crds.map(nameOf))) await kubectl.run(command);
  const served = new Set((await kubectl.run(['api-versions'])).split('\n'));
  const rest = objects.filter((o) => !isDefinition(o));
  const later = rest.filter((o) => !served.has(textAt(o, 'apiVersion') ?? ''));
  const now = rest.filter((o) => !later.includes(o));
  await kubectl.apply(['-n', chart.namespace, '-f', '-'], emitDocuments(now));
  const waiting = later.map((o) => `${textAt(o, 'kind') ?? ''} ${nameOf(o)}`);
  return `${crds.length + now.length} objects${waiting.length === 0 ? '' : `; left to Argo CD, because their kinds are not there yet: ${waiting.join(', ')}`}`;
}

const nameOf = (object: ValueMap): string => asString(valueAt(object, '/metadata/name')) ?? '';

interface Ensured {
  readonly said: string;
  /** Why it is not as it has to be. */
  readonly problem?: string;
}

/** A Secret that is there is only looked at; one that is not is made of the files in `folder`, where all of them are there. */
async function ensureSecret(
  ctx: Context,
  kubectl: Kubectl,
  secret: SecretExpectation,
  folder: string | undefined,
): Promise<Ensured> {
  const query = ['-n', secret.namespace, 'get', 'secret', secret.name, '--ignore-not-found', '-o', 'json'];
  const found = await kubectl.run(query);
  if (found.trim() !== '')
    return { said: 'it is there', ...faultOf(secret, parseJsonFile('kubectl get secret', found)) };
  const file = (key: string): string => `${folder ?? ''}/${secret.namespace}/${secret.name}/${key}`;
  const asked = secret.keys.filter((key) => secret.fixed[key] === undefined);
  if (folder === undefined) return { said: '', problem: `is not there; it needs ${secret.keys.join(', ')}` };
  const missing = asked.filter((key) => !ctx.existsAnywhere(file(key)));
  if (missing.length > 0)
    return { said: '', problem: `is not there, and there is no file ${missing.map(file).join(', ')}` };
  const read = Object.fromEntries(asked.map((key) => [key, withoutLastBreak(ctx.readAnywhere(file(key)))]));
  const { name, namespace, labels, type } = secret;
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels },
    type,
    stringData: { ...secret.fixed, ...read },
  };
  await kubectl.run(['create', '-f', '-'], JSON.stringify(object));
  return { said: `made from ${folder}/${namespace}/${name}` };
}

/** Editors end the only line of a password with a line break; keys and certificates have many lines, and keep it. */
const withoutLastBreak = (text: string): string => (/^[^\n]*\r?\n$/.test(text) ? text.trimEnd() : text);

/** What whoever reads the Secret would stumble over. Only fixed values, which are public, are compared. */
function faultOf(secret: SecretExpectation, found: ValueMap): { problem?: string } {
  const data = mapAt(found, 'data');
  const labels = asMap(valueAt(found, '/metadata/labels'));
  const keys = secret.keys.filter((key) => !Object.hasOwn(data, key));
  if (keys.length > 0) return { problem: `lacks ${keys.join(', ')}` };
  const other = Object.entries(secret.fixed).find(([key, value]) => decoded(data[key]) !== value);
  if (other !== undefined) return { problem: `has "${decoded(data[other[0]])}" as ${other[0]}, not "${other[1]}"` };
  const label = Object.entries(secret.labels).find(([key, value]) => labels[key] !== value);
  return label === undefined ? {} : { problem: `lacks the label ${label[0]}=${String(label[1])}` };
}

const decoded = (value: Value | undefined): string => Buffer.from(asString(value) ?? '', 'base64').toString('utf8');

function secretProblem(secret: SecretExpectation, problem: string): Diagnostic {
  return {
    code: 'secret/no-store',
    severity: 'error',
    component: secret.component,
    message: `Secret ${secret.namespace}/${secret.name} ${problem}.`,
    hint: 'Create or correct it with the command shown, or name a folder with its values (--secrets), then run again: the steps before it are not repeated to any effect.',
  };
}

interface Kubectl {
  run(args: readonly string[], input?: string): Promise<string>;
  apply(args: readonly string[], input?: string): Promise<string>;
  has(kind: string, name: string, namespace: string): Promise<boolean>;
}

function kubectlFor(ctx: Context, context: string): Kubectl {
  const run = async (args: readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await ctx.processes.run('kubectl', ['--context', context, ...args], input);
    if (code !== 0) throw failed(`kubectl ${args.slice(0, 4).join(' ')}`, stderr);
    return stdout;
  };
  return {
    run,
    async apply(args, input) {
      const said = await run([...applyArguments, ...args], input);
      return `${said.split('\n').filter((l) => l !== '').length} objects`;
    },
    async has(kind, name, namespace) {
      const crd = await run(['get', 'crd', kind, '--ignore-not-found', '-o', 'name']);
      if (crd.trim() === '') return false;
      return (await run(['-n', namespace, 'get', kind, name, '--ignore-not-found', '-o', 'name'])).trim() !== '';
    },
  };
}

function failed(what: string, stderr: string): ToolError {
  const last = stderr.trim().split('\n').slice(-3).join(' ');
  return new ToolError(
    'tool/failed',
    `${what} failed: ${last}`,
    'Mend that, then run again; every step may be repeated.',
  );
}
