import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Layer, Origin } from '../../model/layer.ts';
import type { Value, ValueMap } from '../../model/values.ts';
import {
  asMap,
  asString,
  compareText,
  mapAt,
  pointerStep,
  pointerSteps,
  pointerText,
  textAt,
  valueAt,
} from '../../model/values.ts';
import type { Source } from '../../model/source.ts';
import { mergeLayers, originsOf } from '../../config/merge.ts';

/** A cluster, or an environment, with everything that counts for it. */
export interface Side {
  readonly name: string;
  readonly source: Source;
  readonly layers: readonly Layer[];
}

/** One value that goes from one side to the other. */
export interface Promotion {
  /** Pointer below spec, as `explain` takes it. */
  readonly pointer: string;
  /** Pointer in the file that is edited. */
  readonly filePointer: string;
  readonly before: Value | undefined;
  readonly after: Value;
}

export interface PromotionPlan {
  readonly promotions: readonly Promotion[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface PromotionRequest {
  readonly from: Side;
  readonly to: Side;
  /** Pointers below spec, beside the pins. */
  readonly options: readonly string[];
  /** Values that an environment of `to` sets are set for it alone. */
  readonly override: boolean;
  /** Whether a component can be named in `to`. */
  installs(component: string): boolean;
}

/** What `to` would take over: the pin of the catalog, versions of components, and the options that were asked for. */
export function planPromotion({ from, to, options, override, installs }: PromotionRequest): PromotionPlan {
  const given = mergeLayers(from.layers);
  const taken = mergeLayers(to.layers);
  const pins = pinsOf(given).filter((p) => p === '/catalog' || installs(pointerSteps(p)[1] ?? ''));
  const diagnostics: Diagnostic[] = [...ownVersions(given, taken, to)];
  if (pins.length === 0 && options.length === 0) diagnostics.push(nothingProven(from));
  const promotions: Promotion[] = [];
  for (const pointer of [...pins, ...options]) {
    const after = valueAt(given, pointer);
    const before = valueAt(taken, pointer);
    if (after === undefined) {
      diagnostics.push(notSet(pointer, from));
      continue;
    }
    if (JSON.stringify(after) === JSON.stringify(before)) continue;
    const origin = originsOf(to.layers, pointer)[0];
    if (origin !== undefined && origin.source.file !== to.source.file && !override) {
      diagnostics.push(ofEnvironment(pointer, origin, from, to));
      continue;
    }
    promotions.push({ pointer, before, after, filePointer: placeIn(to, pointer, originsOf(from.layers, pointer)[0]) });
  }
  return { promotions, diagnostics };
}

/** The catalog and the versions of components that a side has settled on. */
function pinsOf(spec: ValueMap): string[] {
  const components = mapAt(spec, 'components');
  const versions = Object.keys(components)
    .sort(compareText)
    .flatMap((name) =>
      ['version', 'repository'].flatMap((key) =>
        asString(asMap(components[name])[key]) === undefined ? [] : [`/components/${pointerStep(name)}/${key}`],
      ),
    );
  return textAt(spec, 'catalog') === undefined ? versions : ['/catalog', ...versions];
}

/** Options of an environment stand below `defaults` where it, or else where they come from, has them there. */
function placeIn(to: Side, pointer: string, origin: Origin | undefined): string {
  const [head, capability, ...rest] = pointerSteps(pointer);
  const isEnvironment = to.source.file.startsWith('environments/');
  if (!isEnvironment || head !== 'capabilities' || capability === undefined) return `/spec${pointer}`;
  const own = ['capabilities', 'defaults'].find((s) => to.source.has(`/spec/${s}/${pointerStep(capability)}`));
  const section = own ?? (origin?.pointer.startsWith('/spec/defaults/') === true ? 'defaults' : 'capabilities');
  return ['', 'spec', section, ...[capability, ...rest].map(pointerStep)].join('/');
}

function nothingProven({ name, source }: Side): Diagnostic {
  return {
    code: 'promote/no-pins',
    severity: 'error',
    at: source.at('/spec', 'key'),
    message: `"${name}" has no pin of the catalog and no versions of components: it follows the working tree, like everything without a pin.`,
    hint: 'Pin it first (spec.catalog: a git tag), or name options with --options.',
  };
}

function notSet(pointer: string, { name, source }: Side): Diagnostic {
  return {
    code: 'promote/not-set',
    severity: 'error',
    at: source.at(`/spec${pointer}`),
    message: `"${pointerText(pointer)}" is not set for "${name}", so there is nothing to promote.`,
    hint: 'Defaults come with the catalog. `slipway explain` says where a value is from.',
  };
}

function ofEnvironment(pointer: string, origin: Origin, from: Side, to: Side): Diagnostic {
  return {
    code: 'promote/environment',
    severity: 'error',
    at: origin.source.at(origin.pointer),
    message: `"${pointerText(pointer)}" of "${to.name}" is set by ${origin.label}; its own file would part from the others of the environment.`,
    hint: `Promote it with --environments, from the environment of ${from.name}; or pass --override to set it for ${to.name} alone.`,
  };
}

/** A version that only the target has is none that the source has proven. */
function ownVersions(given: ValueMap, taken: ValueMap, to: Side): Diagnostic[] {
  const proven = new Set(pinsOf(given));
  return pinsOf(taken)
    .filter((pointer) => pointer !== '/catalog' && !proven.has(pointer))
    .flatMap((pointer) => {
      const origin = originsOf(to.layers, pointer)[0];
      if (origin === undefined) return [];
      return {
        code: 'promote/own-version' as const,
        severity: 'warning' as const,
        at: origin.source.at(origin.pointer),
        message: `"${pointerText(pointer)}" is set for "${to.name}" only; it stays.`,
        hint: 'Take it out if the one of the catalog is meant to count.',
      };
    });
}
