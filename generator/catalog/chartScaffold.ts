import type { Value, ValueMap } from '../model/values.ts';
import { asMap, isMap } from '../model/values.ts';
import { optionsTable } from './docs.ts';
import { emitYaml } from '../yaml/emit.ts';
import type { UsualValue } from './usualValues.ts';

/** What a new component is made from. */
export interface ChartFacts {
  readonly capability: string;
  readonly component: string;
  readonly chart: { readonly repository: string; readonly name: string; readonly version: string };
  /** One sentence: what Chart.yaml says, or a sentence to replace. */
  readonly summary: string;
  readonly values: readonly UsualValue[];
  /** Switches of ServiceMonitors (paths with dots) that change nothing until the cluster has the definition of them. */
  readonly idleMonitors: readonly string[];
  /** Custom resources that it defines, as group/Kind. */
  readonly crds: readonly string[];
  /** Every kind that it renders to with its defaults and how many; undefined when nothing could render it. */
  readonly kinds: ReadonlyMap<string, number> | undefined;
  /** It makes volumes: losing the component loses data. */
  readonly holdsData: boolean;
  /** Impure functions of the chart whose result goes nowhere. */
  readonly harmless: readonly string[];
  /** The catalog has ServiceMonitors to offer (contract monitoring.crds). */
  readonly hasMonitoring: boolean;
  /** The capability is there already, and this component joins it: its options are not ours to name. */
  readonly joins: boolean;
  /** The spec of its example. */
  readonly exampleSpec: ValueMap;
}

const header = 'apiVersion: slipway.dev/v1alpha1';

/** The files of a component of a chart, by path; the result validates, and `catalog test` passes. */
export function chartScaffold(facts: ChartFacts): ReadonlyMap<string, string> {
  const { capability, component, joins } = facts;
  const top = `custom/${capability}`;
  const folder = `${top}/${component}`;
  return new Map([
    ...(joins ? [] : [[`${top}/capability.yaml`, capabilityFile(facts)] as const]),
    [`${folder}/component.yaml`, componentFile(facts)],
    [`${folder}/values.yaml.hbs`, valuesFile(facts)],
    [
      `${folder}/contributes.yaml.hbs`,
      `# The namespace is made before everything else; only one component of a cluster may own it.\nnamespaces:\n  - name: {{component.namespace}}\n`,
    ],
    [`${top}/examples/${joins ? component : 'minimal'}.yaml`, exampleFile(facts)],
    [joins ? `${folder}/README.md` : `${top}/README.md`, readme(facts)],
  ]);
}

const find = ({ values }: ChartFacts, role: UsualValue['role']): UsualValue | undefined =>
  values.find((v) => v.role === role);
const usesMonitoring = (facts: ChartFacts): boolean =>
  facts.hasMonitoring && !facts.joins && find(facts, 'monitor') !== undefined;

/** The options of a capability that is made for this one component. */
function optionsOf(facts: ChartFacts): ValueMap {
  const replicas = find(facts, 'replicas');
  const storage = find(facts, 'storage');
  return {
    ...(replicas === undefined
      ? {}
      : { replicas: { type: 'integer', minimum: 0, default: replicas.value, description: 'Number of pods.' } }),
    ...(storage === undefined
      ? {}
      : { storage: { type: 'string', default: storage.value, description: 'Size of its volume.' } }),
  };
}

function capabilityFile(facts: ChartFacts): string {
  const { capability, component, summary } = facts;
  const entries = Object.entries(optionsOf(facts)).map(([name, schema]) => `      ${name}: ${flow(asMap(schema))}\n`);
  const options = entries.join('');
  const requires = usesMonitoring(facts)
    ? `  requires:
    - contract: monitoring.crds
      optional: true
      for: [${component}]
      reason: Its ServiceMonitor needs the definition of them.
`
    : '';
  return `# yaml-language-server: $schema=../../schemas/capability.schema.json
${header}
kind: Capability
metadata:
  name: ${capability}
spec:
  summary: ${scalar(summary)}
  options:
    type: object
    properties:${options === '' ? ' {}\n' : `\n${options}`}${requires}`;
}

function componentFile(facts: ChartFacts): string {
  const { component, chart, summary, crds, holdsData, harmless } = facts;
  const idle = usesMonitoring(facts) ? facts.idleMonitors : [];
  const list = (key: string, items: readonly string[]): string =>
    items.length === 0 ? '' : `  ${key}:\n${items.map((item) => `    - ${item}\n`).join('')}`;
  return `# yaml-language-server: $schema=../../../schemas/component.schema.json
${header}
kind: Component
metadata:
  name: ${component}
spec:
  summary: ${scalar(summary)}
  chart:
    repository: ${scalar(chart.repository)}
    name: ${scalar(chart.name)}
    version: ${scalar(chart.version)}
  namespace: ${component}
${list('crds', crds)}${holdsData ? '  dataHolding: true\n' : ''}${list(
    'impure',
    harmless.map((name) => `{ function: ${name}, reason: What it gives is not in the objects. }`),
  )}${list(
    'withoutEffect',
    idle.map((value) => `{ value: ${value}, reason: It counts once the cluster has ServiceMonitors. }`),
  )}`;
}

function exampleFile({ capability, component, exampleSpec }: ChartFacts): string {
  return `# ${component} with what ${capability} does by default.\n${emitYaml({ spec: exampleSpec })}`;
}

function readme(facts: ChartFacts): string {
  const { capability, component, chart, summary, kinds, joins } = facts;
  const rows = [...(kinds ?? [])].map(([kind, count]) => `| ${kind} | ${count} |`);
  const options = joins
    ? ''
    : `\n## Options\n\n<!-- options:start -->\n${optionsTable({ properties: optionsOf(facts) })}\n<!-- options:end -->\n`;
  return `# ${joins ? component : capability}

${summary}

| component | chart | version | namespace |
|---|---|---|---|
| ${component} | [${chart.name}](${chart.repository}) | ${chart.version} | ${component} |

\`\`\`yaml
${emitYaml({ spec: facts.exampleSpec }).trimEnd()}
\`\`\`
${rows.length === 0 ? '' : `\nWith the chart's defaults it makes:\n\n| kind | objects |\n|---|---|\n${rows.join('\n')}\n`}${options}
## Worth knowing

- Which Secrets it expects, what it needs beside it, and what its removal does: write it down here.
`;
}

/** The values of the chart as a template: options are filled in, everything else stands as a comment with its default. */
export function valuesFile(facts: ChartFacts): string {
  const { chart, values, joins } = facts;
  const root: Branch = { children: new Map() };
  for (const value of values)
    insert(root, value.path, { value: value.value, template: joins ? undefined : templateOf(value, facts) });
  const intro = `# Values of ${chart.name} ${chart.version}. What stands as a comment is the default of the chart: take the # away, and change it.
# All values: helm show values, or values.yaml of the chart. \`slipway validate\` says which of them have no effect.
`;
  return intro + print(root, '', false);
}

/** The interpolation that stands in the place of a value. */
function templateOf({ role }: UsualValue, facts: ChartFacts): string | undefined {
  if (role === 'replicas') return '{{options.replicas}}';
  if (role === 'storage') return '{{options.storage}}';
  return role === 'monitor' && usesMonitoring(facts) ? '{{ternary contracts.monitoring.crds true false}}' : undefined;
}

interface Leaf {
  readonly value: Value;
  readonly template: string | undefined;
}
interface Branch {
  readonly children: Map<string, Branch | Leaf>;
}

const isBranch = (node: Branch | Leaf): node is Branch => 'children' in node;

function insert(branch: Branch, [key = '', ...rest]: readonly string[], leaf: Leaf): void {
  if (rest.length === 0) return void branch.children.set(key, leaf);
  const known = branch.children.get(key);
  const inner: Branch = known !== undefined && isBranch(known) ? known : { children: new Map() };
  branch.children.set(key, inner);
  insert(inner, rest, leaf);
}

const isSet = (node: Branch | Leaf): boolean =>
  isBranch(node) ? [...node.children.values()].some(isSet) : node.template !== undefined;

/** A map of which nothing is set is a comment as a whole; a comment inside of one that is can be taken in by itself. */
function print(branch: Branch, indent: string, isComment: boolean): string {
  return [...branch.children]
    .map(([key, node]) => {
      const mark = isComment || isSet(node) ? '' : '# ';
      const lines = (text: string): string => text.replace(/^(?=.)/gm, `${indent}${mark}`);
      if (!isBranch(node))
        return lines(
          node.template === undefined ? emitYaml({ [key]: node.value }) : `${keyText(key)}: ${node.template}\n`,
        );
      if (isSet(node)) return `${indent}${keyText(key)}:\n${print(node, `${indent}  `, false)}`;
      return lines(`${keyText(key)}:\n${print(node, '  ', true)}`);
    })
    .join('');
}

const keyText = (key: string): string => emitYaml({ [key]: 0 }).replace(/: 0\n$/, '');
const scalar = (text: string): string => emitYaml({ a: text }).slice('a: '.length).trimEnd();
const flow = (schema: ValueMap): string =>
  `{ ${Object.entries(schema)
    .map(
      ([key, value]) =>
        `${key}: ${isMap(value) ? flow(value as ValueMap) : typeof value === 'string' ? scalar(value) : JSON.stringify(value)}`,
    )
    .join(', ')} }`;
