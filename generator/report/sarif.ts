import { codes } from '../model/codes.ts';
import type { Concern } from '../model/diff.ts';
import { concerns } from '../model/diff.ts';
import type { Diagnostic, Location } from '../model/diagnostic.ts';
import { compareText } from '../model/values.ts';
import type { SharedNote } from './diffText.ts';
import { clusterList, firstNotes } from './diffText.ts';
import type { Report } from './types.ts';
import { mergeClusters, sortDiagnostics } from './text.ts';
import { visibleJson } from '../util/visible.ts';

const concernTitles: Readonly<Record<Concern, string>> = {
  data: 'The change loses data',
  refused: 'The API server refuses the change',
  rights: 'A patch changes what somebody may do',
  removal: 'The change removes something',
  version: 'Another version',
  image: 'Another image',
  replicas: 'Another number of replicas',
  resources: 'Other resources',
  hook: 'A hook changes',
  rename: 'Another name or component',
};

interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription?: { readonly text: string };
  readonly help?: { readonly text: string };
}

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex?: number;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: { readonly text: string };
  readonly locations: readonly object[];
  readonly relatedLocations?: readonly object[];
}

/** SARIF 2.1.0, for code scanning: findings, and what a diff says first at the spec of its cluster. */
export function sarifReport({ version, diagnostics, differences = [], diff }: Report): string {
  const found = mergeClusters(sortDiagnostics([...diagnostics, ...differences]));
  const notes = diff === undefined ? [] : firstNotes(diff);
  const ids = new Set<string>([...found.map((d) => d.code), ...notes.map(({ note }) => `diff/${note.concern}`)]);
  const rules = [...ids].sort(compareText).map(ruleOf);
  const results = [...found.map(findingResult), ...notes.map(noteResult)].map((r) => ({
    ...r,
    ruleIndex: rules.findIndex((rule) => rule.id === r.ruleId),
  }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Slipway', semanticVersion: version, rules } },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
  return `${visibleJson(JSON.stringify(log, undefined, 2))}\n`;
}

function ruleOf(id: string): Rule {
  const concern = concerns.find((c) => `diff/${c}` === id);
  if (concern !== undefined) return { id, shortDescription: { text: concernTitles[concern] } };
  const known = (codes as Readonly<Record<string, { readonly title: string; readonly help: string } | undefined>>)[id];
  if (known === undefined) return { id, shortDescription: { text: id } };
  return {
    id,
    shortDescription: { text: known.title },
    fullDescription: { text: known.help },
    help: { text: known.help },
  };
}

function findingResult(d: Diagnostic): SarifResult {
  const about = d.cluster === undefined ? '' : ` (cluster ${d.cluster})`;
  const related = (d.related ?? []).flatMap(({ message, at }) =>
    at === undefined ? [] : [{ ...locationOf(at), message: { text: message } }],
  );
  return {
    ruleId: d.code,
    level: d.severity,
    message: { text: `${d.message}${about}${d.hint === undefined ? '' : ` ${d.hint}`}` },
    locations: d.at === undefined ? [] : [locationOf(d.at)],
    ...(related.length === 0 ? {} : { relatedLocations: related }),
  };
}

function noteResult({ note, clusters }: SharedNote): SarifResult {
  const isUrgent = ['data', 'refused', 'rights', 'removal'].includes(note.concern);
  const about = note.object === undefined ? note.component : `${note.component}, ${note.object}`;
  return {
    ruleId: `diff/${note.concern}`,
    level: isUrgent ? 'warning' : 'note',
    message: { text: `${about}: ${note.text} (${clusterList(clusters)})` },
    locations: clusters.slice(0, 1).map((c) => locationOf({ file: `clusters/${c}.yaml`, line: 1, col: 1 })),
  };
}

function locationOf({ file, line, col, endCol }: Location): object {
  const end = endCol !== undefined && endCol > col ? { endColumn: endCol } : {};
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: { startLine: Math.max(1, line), startColumn: Math.max(1, col), ...end },
    },
  };
}

/** A path as a relative reference; `a:b` would be a scheme. */
const uriOf = (file: string): string =>
  file
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
