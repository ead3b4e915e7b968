import type { FieldManager } from '../model/drift.ts';
import type { ValueMap } from '../model/values.ts';
import { asMap, listAt, mapAt, textAt } from '../model/values.ts';

/** The manager under which Argo CD applies, from the client's side and the server's alike. */
export const argocdManager = 'argocd-controller';

export interface Owner {
  readonly name: string;
  readonly isApply: boolean;
  readonly since: string | undefined;
  /** `status`, `scale`; empty for the object itself. */
  readonly subresource: string;
}

/**
 * Who owns which field, as `metadata.managedFields` has it: steps are `f:<name>` into maps, `k:<json>` into lists by the keys
 * of their items, `v:<json>` into sets.
 */
export interface OwnerTree {
  readonly owners: readonly Owner[];
  readonly children: ReadonlyMap<string, OwnerTree>;
}

interface Growing extends OwnerTree {
  readonly owners: Owner[];
  readonly children: Map<string, Growing>;
}

const grow = (): Growing => ({ owners: [], children: new Map() });

export function ownersOf(
  object: ValueMap | undefined,
): readonly { readonly owner: Owner; readonly fields: ValueMap }[] {
  return listAt(object, 'metadata', 'managedFields').map((item) => {
    const entry = asMap(item);
    return {
      owner: {
        name: textAt(entry, 'manager') ?? '',
        isApply: entry['operation'] === 'Apply',
        since: textAt(entry, 'time'),
        subresource: textAt(entry, 'subresource') ?? '',
      },
      fields: mapAt(entry, 'fieldsV1'),
    };
  });
}

/** The owners of all fields of objects; with `only`, those that it says. */
export function ownerTree(objects: readonly (ValueMap | undefined)[], only?: (owner: Owner) => boolean): OwnerTree {
  const root = grow();
  for (const { owner, fields } of objects.flatMap(ownersOf))
    if (only === undefined || only(owner)) plant(root, fields, owner);
  return root;
}

function plant(node: Growing, fields: ValueMap, owner: Owner): void {
  for (const [step, below] of Object.entries(fields)) {
    if (step === '.') {
      node.owners.push(owner);
      continue;
    }
    const child = node.children.get(step) ?? grow();
    node.children.set(step, child);
    const inner = asMap(below);
    if (Object.keys(inner).length === 0) child.owners.push(owner);
    else plant(child, inner, owner);
  }
}

/** Owners of a field, of the whole it is a part of, or of something below it. */
export function ownersAt(tree: OwnerTree, steps: readonly string[]): readonly Owner[] {
  let node = tree;
  for (const step of steps) {
    const child = node.children.get(step);
    // what has no parts belongs to its owner as a whole
    if (child === undefined) return node.children.size === 0 ? node.owners : [];
    node = child;
  }
  return [...node.owners, ...[...node.children.values()].flatMap((c) => ownersAt(c, []))];
}

/** Who changed a field: its owner, or else who wrote the object last. */
export function managerAt(live: ValueMap, steps: readonly string[]): FieldManager | undefined {
  const all = ownersOf(live).map(({ owner }) => owner);
  const owners = ownersAt(ownerTree([live]), steps);
  const others = owners.filter((o) => o.name !== argocdManager);
  const owner = latest(others.length > 0 ? others : owners);
  if (owner !== undefined) return described(owner, true);
  const writer = latest(all.filter((o) => o.name !== argocdManager && o.subresource !== 'status'));
  return writer === undefined ? undefined : described(writer, false);
}

const described = ({ name, since }: Owner, isOwner: boolean): FieldManager => ({
  name,
  ...(since === undefined ? {} : { since }),
  isOwner,
});

function latest(owners: readonly Owner[]): Owner | undefined {
  return owners.reduce<Owner | undefined>(
    (best, o) => (best === undefined || (o.since ?? '') > (best.since ?? '') ? o : best),
    undefined,
  );
}
