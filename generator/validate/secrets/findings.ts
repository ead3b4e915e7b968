import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ResolvedCluster, TreeObject } from '../../model/model.ts';
import type { Layer } from '../../model/layer.ts';
import type { Value } from '../../model/values.ts';
import { pointerText } from '../../model/values.ts';
import { isSecret } from '../../kubernetes/object.ts';
import { finding } from '../findings.ts';
import type { FoundSecret, KnownTexts } from './scan.ts';
import { findSecrets } from './scan.ts';

/** Remembers between clusters what texts, layers and objects hold. */
interface Memo {
  readonly texts: KnownTexts;
  readonly values: WeakMap<object, Promise<readonly FoundSecret[]>>;
}

function memoOf(memo: Map<string, unknown>): Memo {
  const known = memo.get('secrets') as Memo | undefined;
  if (known !== undefined) return known;
  const made: Memo = { texts: new Map(), values: new WeakMap() };
  memo.set('secrets', made);
  return made;
}

/** What the search for secrets works with: `memo` as every stage has it, and the secrets that the run has met. */
export interface SecretSearch {
  readonly memo: Map<string, unknown>;
  readonly secrets: Set<string>;
}

async function secretsIn(value: Value, { memo, secrets }: SecretSearch): Promise<readonly FoundSecret[]> {
  const { texts, values } = memoOf(memo);
  const known = typeof value === 'object' && value !== null ? values.get(value) : undefined;
  const answer = known ?? findSecrets(value, texts);
  if (typeof value === 'object' && value !== null) values.set(value, answer);
  const found = await answer;
  for (const secret of found.flatMap((f) => f.secrets)) secrets.add(secret);
  return found;
}

export const secretHint =
  'Keep it in the secret store, and name the Secret here. If it is none, say so in spec.silence: code: secret/literal, name, and the reason.';

/** Secrets that stand in the spec of a cluster, its environments and the catalog's defaults, each at its place. */
export async function layerSecrets(
  { layers }: Pick<ResolvedCluster, 'layers'>,
  search: SecretSearch,
): Promise<readonly Diagnostic[]> {
  const found = await Promise.all(layers.map((layer) => ofLayer(layer, search)));
  return found.flat();
}

async function ofLayer({ source, base, value, added }: Layer, search: SecretSearch): Promise<Diagnostic[]> {
  return (await secretsIn(added?.written ?? value, search)).map(({ pointer, what, isCertain }) => ({
    code: 'secret/literal',
    severity: isCertain ? 'error' : 'warning',
    message: `"${pointerText(pointer)}" holds ${what}, which would be in git.`,
    at: source.at(`${base}${pointer}`),
    hint: secretHint,
    names: [pointerText(pointer)],
  }));
}

/**
 * Secrets that stand in objects of a tree beside those of kind Secret, which are reported as a whole. What an Application has
 * from the spec is said there.
 */
export async function objectSecrets(
  objects: readonly TreeObject[],
  { layers }: Pick<ResolvedCluster, 'layers'>,
  search: SecretSearch,
): Promise<readonly Diagnostic[]> {
  const own = await Promise.all(layers.map(({ value }) => secretsIn(value, search)));
  const said = new Set(own.flat().map(({ text }) => text));
  const found = await Promise.all(
    objects
      .filter(({ object }) => !isSecret(object))
      .map(async (object) =>
        (await secretsIn(object.object, search))
          .filter(({ text }) => object.kind !== 'Application' || !said.has(text))
          .map((secret) => objectFinding(object, secret)),
      ),
  );
  return found.flat();
}

function objectFinding(object: TreeObject, { pointer, what, isCertain }: FoundSecret): Diagnostic {
  const path = pointerText(pointer);
  const message = `${object.kind} ${object.name}: ${path} holds ${what}, which would be in git.`;
  const about = finding('secret/literal', object, message, secretHint, isCertain ? 'error' : 'warning');
  return { ...about, names: [object.name, path] };
}
