import type { Diagnostic } from '../model/diagnostic.ts';
import type { Change } from '../model/model.ts';
import type { KindTable } from '../kubernetes/kindTable.ts';
import { qualifiedKind, groupOf } from '../kubernetes/object.ts';
import type { Consent } from '../model/finished.ts';
import { fleetTree } from '../model/names.ts';
import { componentOf, deployedFileOf, isApplicationFile, spokesIn } from './paths.ts';

/** What there is to know before something of a cluster may go. */
export interface Guard {
  /** Components that hold data, by the lock of the tree that stands there. */
  readonly dataHolding: ReadonlySet<string>;
  /** What is known of the kinds of its objects, by any catalog that is in use. */
  readonly kinds: KindTable;
  /** How many Applications may go in one run. */
  readonly budget: number;
  readonly consents: readonly Consent[];
}

/** Something that goes, and asks for consent unless the budget covers it. */
export interface Removal {
  readonly change: Change;
  readonly component: string;
  readonly kind: string;
  readonly name: string;
  readonly isApplication: boolean;
  /** Whatever the budget says. */
  readonly holdsData: boolean;
  readonly consent: Consent | undefined;
  /** A cluster, by `name`, that is taken from this hub: not an object that goes with a file. */
  readonly hub?: string;
}

/** What a spec calls the hub of its cluster when it agrees to leave it. */
export const hubComponent = 'hub';

/** Applications, namespaces, definitions and what holds data that these changes of one cluster take away. */
export function removalsOf(changes: readonly Change[], { dataHolding, kinds, consents }: Guard): readonly Removal[] {
  if (changes[0]?.cluster === fleetTree) return changes.flatMap((change) => departures(change, consents));
  const charts = new Set(changes.filter(becomesChart).map((c) => ownerOf(c.path)));
  return changes
    .filter((c) => c.kind === 'delete')
    .flatMap((change): Removal[] => {
      const component = ownerOf(change.path);
      const { group, kind, name } = printedIdentity(change.before ?? '');
      const isApplication = isApplicationFile(change.path) && kind === 'Application';
      // the chart brings it from now on: what it still has is not pruned, and its definitions nobody tracks
      if (charts.has(definedFor(component)) || (!isApplication && charts.has(component))) return [];
      const groupKind = qualifiedKind(group, kind);
      const holdsData =
        (dataHolding.has(component) && !kinds.isDataless(groupKind)) ||
        (!isApplication && (/Prune=false|Delete=false/.test(change.before ?? '') || kinds.asksOnRemoval(groupKind)));
      if (!isApplication && !holdsData) return [];
      const consent = consents.find((c) => covers(c, component, isApplication, kind, name));
      return [{ change, component, kind, name, isApplication, holdsData, consent }];
    });
}

/** Clusters that the root of a hub named before, and no longer does. */
function departures(change: Change, consents: readonly Consent[]): Removal[] {
  const stay = new Set(spokesIn(change.after ?? ''));
  const hub = change.path.split('/').at(-2) ?? '';
  return spokesIn(change.before ?? '')
    .filter((name) => !stay.has(name))
    .map((name) => {
      const about = { component: hubComponent, kind: 'Application', name, isApplication: false };
      const consent = consents.find((c) => c.component === hubComponent && c.name === name);
      return { ...about, change, holdsData: true, consent, hub };
    });
}

/** Removals of one cluster that nobody agreed to. */
export function deletionFindings(removals: readonly Removal[], budget: number): Diagnostic[] {
  const open = removals.filter((r) => r.consent === undefined);
  const applications = open.filter((r) => r.isApplication);
  const isOver = applications.length > budget;
  return [
    ...applications.filter((r) => isOver || r.holdsData).map(applicationFinding),
    ...open.filter((r) => !r.isApplication).map(objectFinding),
  ];
}

/** Consents that agree to nothing: they would let a later removal pass unseen. */
export function unusedConsents(consents: readonly Consent[], removals: readonly Removal[]): Diagnostic[] {
  return consents
    .filter((consent) => removals.every((r) => r.consent !== consent))
    .map(({ component, at }) => ({
      code: 'spec/unused-deletion',
      severity: 'warning',
      at,
      message: `Nothing of "${component}" is removed by this rendering.`,
      hint: 'Take the entry out once the removal is committed: it would agree to the next one as well.',
    }));
}

/** What a commit says of the removals in it, with the reasons. */
export function deletionTrailers(removals: readonly Removal[]): readonly string[] {
  const reported = new Map<string, string>();
  for (const { change, component, kind, name, isApplication, consent, hub } of removals) {
    const owner = `${hub === undefined ? change.cluster : name}/${component}`;
    const what = `${owner}${isApplication ? '' : ` (${hub === undefined ? `${kind} ${name}` : hub})`}`;
    if (consent !== undefined) reported.set(`${owner}: ${consent.reason}`, '');
    else reported.set(`${what}: agreed to with --allow-delete`, '');
  }
  return [...reported.keys()].sort().map((text) => `Slipway-Deletion: ${text}`);
}

/** Empty for what belongs to the whole tree: no consent names that. */
const ownerOf = (path: string): string => {
  const deployed = deployedFileOf(path);
  return (deployed === undefined ? undefined : componentOf(deployed.file)) ?? '';
};

/** The component whose definitions an Application of definitions holds; empty for any other. */
const definedFor = (component: string): string => /^(.+)-crds$/.exec(component)?.[1] ?? '';

/** The Application of a component turns from a folder of manifests into a chart, from a repository or from git. */
function becomesChart({ path, kind, before = '', after = '' }: Change): boolean {
  const isChart = /^    (?:chart|helm):/m;
  return kind === 'modify' && isApplicationFile(path) && !isChart.test(before) && isChart.test(after);
}

/** Kind and name of a printed object. */
function printedIdentity(text: string): { readonly group: string; readonly kind: string; readonly name: string } {
  const first = (pattern: RegExp): string => (pattern.exec(text)?.[1] ?? '').replaceAll('"', '');
  const apiVersion = first(/^apiVersion: (\S+)$/m);
  const metadata = text.slice(Math.max(0, text.search(/^metadata:$/m)));
  return {
    group: groupOf(apiVersion),
    kind: first(/^kind: (\S+)$/m),
    name: (/^  name: (\S+)$/m.exec(metadata)?.[1] ?? '').replaceAll('"', ''),
  };
}

function covers(consent: Consent, component: string, isApplication: boolean, kind: string, name: string): boolean {
  if (consent.component !== component && `${consent.component}-crds` !== component) return false;
  if (consent.kind === undefined && consent.name === undefined) return true;
  if (isApplication) return false;
  return [undefined, kind].includes(consent.kind) && [undefined, name].includes(consent.name);
}

const lookFirst =
  'Look at `slipway diff`; when it is meant, run again with --allow-delete, or write it in spec.deletions with the reason.';

function applicationFinding({ change, component, holdsData }: Removal): Diagnostic {
  return finding(
    change,
    `Application ${component} of ${change.cluster} would be removed${holdsData ? ', and it holds data' : ''}.`,
    holdsData
      ? `${lookFirst} What holds data stays on the cluster then; spec.components.<name>.removal: delete, synced before, is the consent to lose it.`
      : lookFirst,
  );
}

const objectFinding = ({ change, kind, name, hub }: Removal): Diagnostic =>
  hub === undefined
    ? finding(change, `${kind} ${name} holds data or what belongs to it; ${change.path} would be removed.`, lookFirst)
    : finding(
        change,
        `Cluster ${name} would leave the hub ${hub}: its root and its project go there, and its Applications stay behind.`,
        `Read first what has to be done on ${hub} (docs/argocd-rules.md, "Leaving a hub"). When it is meant, run again with --allow-delete, or write it in spec.deletions of ${name} with the reason: component: ${hubComponent}.`,
      );

function finding(change: Change, message: string, hint: string): Diagnostic {
  return {
    code: 'publish/deletion',
    severity: 'error',
    cluster: change.cluster,
    at: { file: change.path, line: 1, col: 1 },
    message,
    hint,
  };
}
