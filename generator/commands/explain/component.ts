import { maskNamed } from '../../util/mask.ts';
import { originsOf } from '../../config/merge.ts';
import { createValueLocator } from '../../helm/locateValue.ts';
import type { ValueOrigin } from '../../helm/locateValue.ts';
import { DiagnosticsError, hasErrors, UsageError } from '../../model/diagnostic.ts';
import type { Location } from '../../model/diagnostic.ts';
import type { ClusterPlan, ComponentPlan } from '../../model/model.ts';
import type { Origin } from '../../model/layer.ts';
import type { Value } from '../../model/values.ts';
import { compareText, isList, isMap, pointerOf, pointerStep, pointerSteps, valueAt } from '../../model/values.ts';
import { componentValues } from '../../plan/values.ts';
import { table } from '../../report/text.ts';
import type { Tools } from '../../template/tools.ts';
import { didYouMean } from '../../util/suggest.ts';
import type { Result } from '../command.ts';
import { place, placeText, short } from './text.ts';

/** A setting of a component, or one leaf of its values: what it is and who set it. */
interface Row {
  readonly path: string;
  readonly value: Value;
  readonly by: string;
  readonly at: Location;
  /** What it was made of or what it overrides, for people. */
  readonly notes: readonly string[];
}

/** What one component of a cluster is, its settings or its effective Helm values, and who set each. */
export function explainComponent(
  plan: ClusterPlan,
  tools: Tools,
  steps: readonly string[],
): Pick<Result, 'text' | 'data'> {
  const [name = '', setting, ...rest] = steps;
  const component = planned(plan, name);
  const found =
    setting === 'values'
      ? valueRows(component, plan, tools, rest)
      : settingRows(component, plan).filter((row) => setting === undefined || row.path === setting);
  const rows = found.map((row) => ({ ...row, value: maskNamed(row.value, row.path) }));
  if (rows.length === 0)
    throw new UsageError(
      `A component has no setting "${setting ?? ''}".${didYouMean(setting ?? '', settingNames)}`,
      `Settings: ${settingNames.join(', ')}, and values with a path below it.`,
    );
  return {
    text: table(rows.map(textOf)),
    data: {
      component: component.name,
      path: steps.slice(1).join('.'),
      settings: rows.map(({ path, value, by, at, notes }) => ({
        path,
        value,
        by,
        ...place(at),
        notes,
      })),
    },
  };
}

const textOf = ({ path, value, by, at, notes }: Row): string[] => [
  path,
  cell(value),
  by,
  `${placeText(at)}${notes.map((note) => `  (${note})`).join('')}`,
];

/** By the name of its Application, or by that of its component when it has one Application only. */
function planned({ components, cluster }: ClusterPlan, name: string): ComponentPlan {
  const found = components.filter((c) => c.name === name);
  const ofComponent = found.length > 0 ? found : components.filter((c) => c.component.name === name);
  const [component] = ofComponent;
  if (component !== undefined && ofComponent.length === 1) return component;
  const names = (component === undefined ? components : ofComponent).map((c) => c.name).sort(compareText);
  throw new UsageError(
    component === undefined
      ? `Cluster ${cluster.name} has no component "${name}".${didYouMean(name, names)}`
      : `Component ${name} has several Applications in cluster ${cluster.name}.`,
    `${component === undefined ? 'Components' : 'Name one of them'}: ${names.join(', ')}.`,
  );
}

const settingNames = ['chart', 'version', 'repository', 'release', 'namespace', 'delivery', 'removal', 'wave'] as const;
type SettingName = (typeof settingNames)[number];

/** Where component.yaml says a setting. */
const catalogPointers: Readonly<Record<SettingName, string>> = {
  chart: '/spec/chart/name',
  version: '/spec/chart/version',
  repository: '/spec/chart/repository',
  release: '/spec/release',
  namespace: '/spec/namespace',
  delivery: '/spec/delivery',
  removal: '/spec/removal',
  wave: '/spec',
};

function settingRows(component: ComponentPlan, plan: ClusterPlan): Row[] {
  const { chart, release, namespace, delivery, removal, wave, dependsOn } = component;
  const settings: Readonly<Record<SettingName, Value | undefined>> = {
    chart: chart?.name,
    version: chart?.version,
    repository: chart?.repository,
    release: chart === undefined ? undefined : release,
    namespace,
    delivery: chart === undefined ? undefined : delivery,
    removal,
    wave,
  };
  return settingNames.flatMap((path): Row[] => {
    const value = settings[path];
    if (value === undefined) return [];
    const origin = settingOrigin(component, plan, path);
    const written = valueAt(component.component.source.value, catalogPointers[path]);
    const notes = [
      ...(path === 'wave' && dependsOn.length > 0 ? [`after ${dependsOn.join(', ')}`] : []),
      ...(origin.isSpec && written !== undefined ? [`over the catalog: ${cell(written)}`] : []),
    ];
    return [{ path, value, by: origin.by, at: origin.at, notes }];
  });
}

function settingOrigin(
  { component }: ComponentPlan,
  { cluster }: ClusterPlan,
  setting: SettingName,
): Pick<Row, 'by' | 'at'> & { readonly isSpec: boolean } {
  const pointer = `/components/${pointerStep(component.name)}/${setting}`;
  // a null takes away what layers below it set: the catalog counts again
  const own = originsOf(cluster.layers, pointer)
    .slice(0, 1)
    .find(({ value }) => value !== null);
  const forAll = setting === 'delivery' ? originsOf(cluster.layers, '/delivery')[0] : undefined;
  const origin = own ?? forAll;
  if (origin !== undefined) return { by: origin.label, at: origin.source.at(origin.pointer), isSpec: true };
  const written = catalogPointers[setting];
  return {
    by: setting === 'wave' ? 'computed' : component.source.has(written) ? 'catalog' : 'default',
    at: component.source.at(written),
    isSpec: false,
  };
}

function valueRows(component: ComponentPlan, plan: ClusterPlan, tools: Tools, steps: readonly string[]): Row[] {
  const { chart, name } = component;
  if (chart === undefined)
    throw new UsageError(
      `Component ${name} has no chart, so it has no values.`,
      `See what it applies: \`slipway preview ${plan.cluster.name} ${name}\`.`,
    );
  const { value: values, diagnostics } = componentValues(component, plan, tools);
  if (values === undefined || hasErrors(diagnostics)) throw new DiagnosticsError(diagnostics);
  const found = valueAt(values, pointerOf(steps));
  if (found === undefined) {
    const removed = removedRow(component, plan, steps);
    if (removed !== undefined) return [removed];
    const parent = valueAt(values, pointerOf(steps.slice(0, -1)));
    throw new UsageError(
      `Neither the catalog nor the spec sets values.${steps.join('.')} of ${name}.${isMap(parent) ? didYouMean(steps.at(-1) ?? '', Object.keys(parent)) : ''}`,
      `The default of chart ${chart.name} ${chart.version} counts, if it has one.`,
    );
  }
  const originOf = createValueLocator(component, plan, tools);
  return leavesOf(found, steps).map(({ path, value }) => ({
    path: ['values', ...path].join('.'),
    value,
    ...textOfOrigin(originOf(path), plan),
  }));
}

/** A value that a layer set and a later one took away, or what is around it; undefined where no layer ever set it. */
function removedRow({ component }: ComponentPlan, { cluster }: ClusterPlan, steps: readonly string[]): Row | undefined {
  const pointer = pointerOf(['components', component.name, 'values', ...steps]);
  const [first, ...below] = originsOf(cluster.layers, pointer);
  if (first === undefined) return undefined;
  return {
    path: ['values', ...steps].join('.'),
    value: null,
    by: first.label,
    at: first.source.at(first.pointer, 'key'),
    notes: ['removed', ...below.map(overNote)],
  };
}

/** A layer that a later one overrides; what is secret by its name is masked. */
const overNote = ({ label, pointer, value }: Origin): string =>
  `over ${label}: ${cell(maskNamed(value, pointerSteps(pointer).at(-1) ?? ''))}`;

function textOfOrigin(
  { by, at, layers, options, template }: ValueOrigin,
  { cluster }: ClusterPlan,
): Omit<Row, 'path' | 'value'> {
  const [first, ...below] = layers;
  if (by === 'spec')
    return {
      by: first?.label ?? `cluster ${cluster.name}`,
      at,
      notes: [
        ...below.map(overNote),
        ...(template === undefined ? [] : [`over the catalog: ${template.file}:${template.line}`]),
      ],
    };
  return {
    by: 'catalog',
    at,
    notes: options.map((o) => `option ${o.option}, set by ${o.label} in ${o.at.file}:${o.at.line}`),
  };
}

/** The scalars, empty maps and lists below a value; a list is one leaf when it holds scalars only. */
function leavesOf(value: Value, path: readonly string[]): { path: readonly string[]; value: Value }[] {
  if (isMap(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([key, item]) => leavesOf(item as Value, [...path, key]));
  if (isList(value) && value.some((item) => isMap(item) || isList(item)))
    return value.flatMap((item, index) => leavesOf(item, [...path, String(index)]));
  return [{ path, value }];
}

/** Rows of a table are narrower than a line. */
const cell = (value: Value): string => short(value, 60);
