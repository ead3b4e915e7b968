import { execFileSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { annotationList, isHook, waveOf } from '../../generator/kubernetes/object.ts';
import type { TreeObject } from '../../generator/model/model.ts';
import { asObject } from '../../generator/model/values.ts';
import { annotationRules, knownAnnotations, ofTheMoment } from '../../generator/validate/lint/annotations.ts';
import { syncOptions } from '../../generator/validate/rules.ts';
import { builtProgram } from './harness/programs.ts';

const prefix = 'argocd.argoproj.io/';
const hook = `${prefix}hook`;
const policy = `${prefix}hook-delete-policy`;
const wave = `${prefix}sync-wave`;

/** What Argo CD makes of annotations (tools/argocd/annotations). */
interface Reading {
  readonly wave: number;
  readonly isHook: boolean;
  readonly isIgnored: boolean;
  readonly hooks: readonly string[];
  readonly deletePolicies: readonly string[];
  readonly entries: Readonly<Record<string, readonly string[]>>;
  readonly known: Readonly<Record<string, readonly string[]>>;
}

type Annotations = Readonly<Record<string, string>>;

const waves = [
  '0',
  '1',
  '-5',
  '+1',
  '1.5',
  '0x1',
  '1e3',
  '',
  ' 1',
  '1 ',
  '01',
  '-0',
  '--1',
  '1_000',
  '2147483647',
  '2147483648',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '１',
  'one',
  '+',
  '1,2',
];
const lists = [
  'PreSync',
  ' PreSync , Sync',
  'Sync,,Sync',
  'presync',
  'PreSync;Sync',
  '',
  ',',
  ' ',
  'Skip',
  'Skip,Skip',
  'Skip,Sync',
  'Skip, Typo',
  'Typo',
  'PostDelete',
  'PreDelete, Sync',
  'Sync\u00a0',
  '\u0085Sync',
  '\ufeffSync',
  'Sync\n,PostSync',
  'SyncFail,PostSync',
  'HookSucceeded',
  'HookSucceeded, HookFailed',
  'hooksucceeded',
  'BeforeHookCreation,Never',
  'Prune=false',
  'Prune=false, Delete=false',
  'prune=false',
  'Prune = false',
  'Prune=false,Prune=true',
  'IgnoreExtraneous,ServerSideDiff=true',
];
const helmHooks = ['pre-install', 'crd-install', 'pre-install,post-install', 'test', '', 'garbage'];

function* inputs(): Generator<Annotations> {
  yield {};
  for (const value of waves) {
    yield { [wave]: value };
    yield { [wave]: value, 'helm.sh/hook-weight': '7' };
    yield { 'helm.sh/hook-weight': value };
  }
  for (const name of [hook, policy, `${prefix}sync-options`, `${prefix}compare-options`])
    for (const value of lists) {
      yield { [name]: value };
      if (name === policy)
        for (const kind of ['Sync', 'Skip', 'Typo', 'PostDelete']) yield { [hook]: kind, [policy]: value };
    }
  for (const value of helmHooks) {
    yield { 'helm.sh/hook': value };
    yield { 'helm.sh/hook': value, [policy]: 'HookFailed' };
    for (const own of ['Skip', 'Typo', 'Sync', ''])
      yield { 'helm.sh/hook': value, [hook]: own, [policy]: 'HookSucceeded' };
  }
}

const asked = [...inputs()];
let readings: readonly Reading[] = [];
let names: Readonly<Record<'annotations' | 'live' | 'options', readonly string[]>>;

beforeAll(() => {
  const program = builtProgram('argocd-annotations');
  if (program === undefined) throw new Error('missing: argocd-annotations. Run `npm run e2e:tools` first.');
  const input = asked.map((annotations) => JSON.stringify(annotations)).join('\n');
  readings = execFileSync(program, { input, encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Reading);
  names = JSON.parse(execFileSync(program, ['names'], { encoding: 'utf8' })) as typeof names;
});

const objectOf = (annotations: Annotations) =>
  asObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', annotations } });
/** Codes that the rules give, with what each is about. */
const found = (annotations: Annotations): readonly string[] => {
  const object = objectOf(annotations);
  const tree = {
    object,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'a',
    path: 'a.yaml',
    component: 'a',
  } as unknown as TreeObject;
  return annotationRules(tree).map(({ code, message }) => `${code} ${/"([^"]*)"/.exec(message)?.[1] ?? ''}`.trim());
};

test('waves, hooks and lists are read as Argo CD reads them', () => {
  for (const [i, annotations] of asked.entries()) {
    const { entries, ...read } = readings[i] as Reading;
    const object = objectOf(annotations);
    const own = Object.fromEntries(Object.keys(entries).map((name) => [name, annotationList(object, name)]));
    expect({ annotations, wave: waveOf(object), isHook: isHook(object), entries: own }).toEqual({
      annotations,
      wave: BigInt.asIntN(64, BigInt(read.wave)) > 2n ** 53n ? expect.any(Number) : read.wave,
      isHook: read.isHook,
      entries,
    });
  }
});

test('a wave is refused where Argo CD takes another one, and beyond 32 bits', () => {
  for (const [i, annotations] of asked.entries()) {
    const value = annotations[wave];
    if (value === undefined || annotations['helm.sh/hook-weight'] !== '7') continue;
    const isRead = (readings[i] as Reading).wave !== 7;
    const isSmall = Math.abs(Number(value)) < 2 ** 31;
    expect([value, found(annotations)]).toEqual([value, isRead && isSmall ? [] : [`argocd/wave ${value}`.trim()]]);
  }
});

test('hooks and delete policies are refused where Argo CD passes over them', () => {
  for (const [i, annotations] of asked.entries()) {
    const { entries, known, isHook: takesPolicy } = readings[i] as Reading;
    const ignored = [hook, policy].flatMap((name) =>
      (entries[name] ?? [])
        .filter((entry) => known[name]?.includes(entry) !== true)
        .map((entry) => `argocd/annotation ${entry}`),
    );
    const idle = !takesPolicy && annotations[policy] !== undefined ? ['argocd/hook-policy'] : [];
    const ours = found(annotations).filter((text) => !text.startsWith('argocd/wave'));
    if (annotations[`${prefix}compare-options`] !== undefined) continue;
    expect({ annotations, ours: ours.toSorted() }).toEqual({ annotations, ours: [...idle, ...ignored].toSorted() });
  }
});

test('every annotation and sync option that Argo CD has a name for is known', () => {
  expect(names.annotations.filter((name) => !knownAnnotations.has(name))).toEqual([]);
  expect(names.live.filter((name) => !ofTheMoment.has(name))).toEqual([]);
  expect(names.options.filter((option) => !syncOptions.has(option))).toEqual([]);
});
