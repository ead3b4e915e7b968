import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { asList, asMap, asString } from '../../generator/model/values.ts';
import { goldenTrees } from '../helpers/workspace.ts';

/** Objects by golden tree. */
const objects = new Map<string, ValueMap[]>();
for (const [path, text] of goldenTrees()) {
  const [tree = '', file] = path.split('.txt/');
  if (file?.startsWith('manifests/gateway/') === true)
    objects.set(tree, [...(objects.get(tree) ?? []), asMap(parse(text) as Value)]);
}
const objectsOf = (tree: string, kind: string): readonly ValueMap[] =>
  (objects.get(tree) ?? []).filter((o) => o['kind'] === kind);
const trees = [...objects.keys()];

/** As Envoy Gateway compares names: a wildcard stands for one label. */
const overlaps = (a: string, b: string): boolean =>
  a === b ||
  [
    [a, b],
    [b, a],
  ].some(([x = '', y = '']) => x.startsWith('*.') && y.replace(/^[^.]+/, '*') === x);

const specOf = (object: ValueMap): ValueMap => asMap(object['spec']);

describe('the shared gateway', () => {
  it('is in golden trees', () => expect(trees.length).toBeGreaterThan(10));

  it.each(trees)('of %s has certificates whose names do not overlap, or Envoy Gateway turns HTTP/2 off', (tree) => {
    const names = new Map(
      objectsOf(tree, 'Certificate').map((c) => [
        asString(specOf(c)['secretName']) ?? '',
        asList(specOf(c)['dnsNames']).map(String),
      ]),
    );
    const listeners = objectsOf(tree, 'Gateway')
      .flatMap((o) => asList(specOf(o)['listeners']).map(asMap))
      .filter((l) => l['protocol'] === 'HTTPS');
    expect(listeners.length).toBeGreaterThan(0);
    const ofListener = listeners.map((l) =>
      asList(asMap(l['tls'])['certificateRefs']).flatMap((ref) => {
        const secret = asString(asMap(ref)['name']) ?? '';
        expect(names.has(secret), secret).toBe(true);
        return names.get(secret) ?? [];
      }),
    );
    ofListener.forEach((mine, i) => {
      expect(mine.some((name) => overlaps(name, asString(listeners[i]?.['hostname']) ?? ''))).toBe(true);
      for (const others of ofListener.slice(i + 1))
        expect(mine.filter((a) => others.some((b) => overlaps(a, b)))).toEqual([]);
    });
  });
});
