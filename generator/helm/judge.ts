import type { CatalogComponent } from '../model/model.ts';
import type { ChartContents, HelmFailure, HelmRequest, HelmResult } from '../ports.ts';
import type { ValueMap } from '../model/values.ts';
import { chartKeys } from './chartKeys.ts';
import { valuesWithoutEffect } from './effects.ts';
import type { ValuePath } from './effects.ts';
import { readsClock, unstableFields, unstableFunctions } from './purity.ts';
import type { Unstable } from './purity.ts';
import type { ChartDocument } from './rendered.ts';

/** A value that changes nothing. */
export interface IdleValue {
  readonly path: ValuePath;
  /** The chart has such a value, which has no effect together with the others. */
  readonly known: boolean;
  readonly closest: string | undefined;
}

/** What differs from one rendering to the next; empty functions: nothing. */
export interface Purity {
  /** Impure functions that are called; the names found in the templates where Helm cannot tell. */
  readonly functions: readonly string[];
  readonly fields: readonly Unstable[];
}

export interface TrialRenderer {
  template(request: HelmRequest): Promise<HelmResult | HelmFailure>;
  /** Empty when it is no YAML. */
  parse(result: HelmResult): readonly ChartDocument[];
  contents(): Promise<ChartContents>;
  /** Lets a second pass, so that clocks differ. */
  pause(milliseconds: number): Promise<void>;
}

/** Two time zones in which it is never the same day: what prints the time differs between them. */
const zones = ['Etc/GMT-14', 'Etc/GMT+12'] as const;

/** Values that change nothing, found by rendering with others. `request` is known to render, and to the same each time. */
export async function judgeValues(
  request: HelmRequest,
  component: CatalogComponent,
  trial: TrialRenderer,
): Promise<readonly IdleValue[]> {
  const base = await trial.template(request);
  if ('error' in base) return [];
  const attempt = async (values: ValueMap): Promise<string | undefined> => {
    const result = await trial.template({ ...request, values });
    return 'error' in result ? undefined : textOf(result);
  };
  const idle = await valuesWithoutEffect(request.values, textOf(base), attempt, (path) =>
    isAccepted(path, component.withoutEffect),
  );
  if (idle.length === 0) return [];
  const keys = chartKeys((await trial.contents()).files);
  return idle.map((path) => ({ path, known: keys.knows(path), closest: keys.closest(path) }));
}

/**
 * Whether the chart renders to the same each time: by the functions it calls, where Helm tells, and by rendering again with
 * other clocks. `called` are the functions of a rendering before; undefined where this Helm cannot tell.
 */
export async function judgePurity(
  request: HelmRequest,
  component: Pick<CatalogComponent, 'impure'>,
  calledBefore: readonly string[] | undefined,
  trial: TrialRenderer,
): Promise<Purity> {
  const harmless = component.impure.filter((i) => i.value === undefined).map((i) => i.function);
  const called = calledBefore === undefined ? undefined : unstableFunctions(calledBefore, harmless);
  if (called?.length === 0) return { functions: [], fields: [] };
  const texts = called === undefined ? await textsFor(request, trial) : [];
  // what is named nowhere, be it in a template, a file or a value that goes through tpl, cannot be called
  if (called === undefined && !texts.some(mayCallImpure)) return { functions: [], fields: [] };
  const base = await trial.template({ ...request, timeZone: zones[0] });
  if ('error' in base) return { functions: called ?? [], fields: [] };
  await trial.pause(called === undefined ? 0 : 1100);
  const again = await trial.template({ ...request, timeZone: zones[1] });
  // what is drawn by chance and comes out the same twice goes nowhere; a clock may just not have moved on
  if ('error' in again || textOf(again) === textOf(base))
    return { functions: (called ?? []).filter(readsClock), fields: [] };
  const fields = unstableFields(trial.parse(base), trial.parse(again));
  if (called !== undefined) return { functions: called, fields };
  const named = unstableFunctions(namedIn(texts), harmless);
  return named.length === 0 ? { functions: [], fields: [] } : { functions: named, fields };
}

/** What Helm printed, as one text to compare. */
export const textOf = (result: HelmResult): string =>
  result.texts.map((t) => `# ${t.source}\n${t.text}`).join('\n---\n');

const isAccepted = (path: ValuePath, accepted: readonly string[]): boolean =>
  accepted.some((value) => path.join('.') === value || path.join('.').startsWith(`${value}.`));

/** Names that are words of other texts too. */
const plainWords = 'now|ago|date|shuffle';
const names =
  'durationRound|dateInZone|date_in_zone|htmlDate|htmlDateInZone|rand(?:AlphaNum|Alpha|Numeric|Ascii|Bytes|Int)|uuidv4|htpasswd|bcrypt|gen(?:PrivateKey|CA|CAWithKey|SelfSignedCert|SelfSignedCertWithKey|SignedCert|SignedCertWithKey)|encryptAES|getHostByName';
const impureNames = new RegExp(`\\b(?:${plainWords}|${names})\\b`, 'g');
const nameOrQuoted = new RegExp(`\\b(?:${names})\\b|["'\`](?:${plainWords})\\b`);
const plainWord = new RegExp(`\\b(?:${plainWords})\\b`);

/** A name anywhere, a word in quotes, in an action, or behind one in its line: an action may be put together in another. */
function mayCallImpure(text: string): boolean {
  const parts = [...text.split('}}'), ...text.split('\n')].flatMap(fromAction);
  return nameOrQuoted.test(text) || parts.some((part) => plainWord.test(part));
}

const fromAction = (part: string): readonly string[] => (part.includes('{{') ? [part.slice(part.indexOf('{{'))] : []);

/** All that templates of a chart may be made of. */
async function textsFor({ values }: HelmRequest, trial: TrialRenderer): Promise<readonly string[]> {
  return [JSON.stringify(values), ...(await trial.contents()).files.values()];
}

/** Impure functions that actions in these texts name, whether or not they are called; if none does, what is named elsewhere. */
function namedIn(texts: readonly string[]): readonly string[] {
  const inActions = namesIn(texts.flatMap(actionsIn));
  return inActions.length > 0 ? inActions : namesIn(texts);
}

/** `{{ … }}` without its end. */
const actionsIn = (text: string): readonly string[] => text.split('}}').slice(0, -1).flatMap(fromAction);

const namesIn = (texts: readonly string[]): readonly string[] =>
  [...new Set(texts.flatMap((text) => text.match(impureNames) ?? []))].sort();
