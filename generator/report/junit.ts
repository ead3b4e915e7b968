import type { ClusterDiff, ComponentDiff } from '../model/diff.ts';
import { objectText } from '../model/diff.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { compareText } from '../model/values.ts';
import type { Report } from './types.ts';
import { many, sortDiagnostics } from './text.ts';
import { specName } from '../config/specFiles.ts';
import { visible } from '../util/visible.ts';

/** The suite of what is no cluster's own: the catalog, environments, specs that cannot be read. */
const sharedSuite = 'fleet';

/** A finding in the spec of a cluster is that cluster's. */
const suiteOf = ({ cluster, at }: Diagnostic): string =>
  cluster ?? (at?.file.startsWith('clusters/') === true ? specName(at.file) : sharedSuite);

interface TestCase {
  readonly name: string;
  readonly failure?: { readonly type: string; readonly message: string; readonly text: string };
  readonly output?: string;
}

/** JUnit XML with one suite for each cluster: errors and differences are failures, warnings their output. */
export function junitReport({ command, diagnostics, differences = [], clusters = [], diff }: Report): string {
  const suites = new Map<string, TestCase[]>();
  const add = (suite: string, test: TestCase): void => void suites.set(suite, [...(suites.get(suite) ?? []), test]);
  for (const d of sortDiagnostics(diagnostics)) add(suiteOf(d), findingCase(d, d.severity === 'error'));
  for (const d of sortDiagnostics(differences)) add(suiteOf(d), findingCase(d, true));
  for (const cluster of diff?.clusters ?? [])
    for (const component of cluster.components) add(cluster.name, componentCase(cluster, component));
  for (const { name, isOk } of clusters) if (isOk || !suites.has(name)) add(name, clusterCase(name, isOk));
  if (suites.size === 0) add(sharedSuite, { name: command });
  const listed = [...suites].sort(([a], [b]) => compareText(a, b));
  const total = listed.flatMap(([, cases]) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(`slipway ${command}`)}" ${counts(total)}>`,
    ...listed.map(([name, cases]) => suiteText(name, cases)),
    '</testsuites>\n',
  ].join('\n');
}

const clusterCase = (name: string, isOk: boolean): TestCase =>
  isOk
    ? { name: `${name} renders` }
    : {
        name: `${name} renders`,
        failure: { type: 'failed', message: 'It did not come through its stages.', text: 'See the findings.' },
      };

function findingCase(d: Diagnostic, isFailure: boolean): TestCase {
  const place = d.at === undefined ? '' : `${d.at.file}:${d.at.line}:${d.at.col}`;
  const text = [place, d.message, ...(d.hint === undefined ? [] : [`→ ${d.hint}`])].filter((t) => t !== '').join('\n');
  const name = place === '' ? d.code : `${d.code} ${place}`;
  return isFailure ? { name, failure: { type: d.code, message: d.message, text } } : { name, output: text };
}

function componentCase(cluster: ClusterDiff, component: ComponentDiff): TestCase {
  const notes = cluster.notes.filter((n) => n.component === component.name);
  const lines = [
    ...notes.map((n) => `${n.concern}: ${n.object === undefined ? '' : `${n.object}: `}${n.text}`),
    ...component.values.map((f) => `values ${f.path} ${f.change}`),
    ...component.objects.flatMap((o) => [
      `${objectText(o)} ${o.change}`,
      ...o.fields.map((f) => `  ${f.path} ${f.change}`),
    ]),
  ];
  const message = `${component.change}: ${many(component.objects.length, 'object')}, ${many(component.values.length, 'value')}`;
  return { name: component.name, failure: { type: `diff/${component.change}`, message, text: lines.join('\n') } };
}

function counts(cases: readonly TestCase[]): string {
  return `tests="${cases.length}" failures="${cases.filter((c) => c.failure !== undefined).length}" errors="0" skipped="0"`;
}

function suiteText(name: string, cases: readonly TestCase[]): string {
  const inner = cases.map((c) => caseText(name, c));
  return [`  <testsuite name="${xml(name)}" ${counts(cases)}>`, ...inner, '  </testsuite>'].join('\n');
}

function caseText(suite: string, { name, failure, output }: TestCase): string {
  const head = `    <testcase classname="${xml(suite)}" name="${xml(name)}"`;
  if (failure !== undefined)
    return `${head}><failure type="${xml(failure.type)}" message="${xml(failure.message)}">${xml(failure.text)}</failure></testcase>`;
  return output === undefined ? `${head}/>` : `${head}><system-out>${xml(output)}</system-out></testcase>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Text for elements and attributes; characters that XML cannot hold are escaped. */
export function xml(text: string): string {
  return visible(text).replace(/[&<>"'\n\t]/g, (c) => entities[c] ?? c);
}
