import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { call } from '../helpers/call.ts';
import { createContext } from '../../generator/context.ts';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { ended, faultsOf } from '../helpers/ended.ts';
import { snapshot, workspace } from '../helpers/workspace.ts';

const conflict = (text: string): string =>
  `${text.slice(0, text.indexOf('\n') + 1)}<<<<<<< HEAD\n${text}=======\n${text}>>>>>>> theirs\n`;

/** What becomes of files: by git, by editors, by disks. */
const damages: Readonly<Record<string, (text: string) => string>> = {
  conflict,
  empty: () => '',
  'cut off': (text) => text.slice(0, text.length / 2),
  'a list': () => '[]\n',
  null: () => 'null\n',
  'an empty map': () => '{}\n',
  'a text': () => '"x"\n',
  'a number in every place': (text) => text.replaceAll(/: *[^\s{[|>].*$/gm, ': 7'),
  binary: () => '\u0000\ufffd\u0001',
};

const thing = `{
 "gvk": "example.com/v1/Thing",
 "plural": "things",
 "scope": "Namespaced",
 "shape": {
  "type": "object",
  "properties": {
   "apiVersion": { "type": "string" },
   "kind": { "type": "string" },
   "metadata": { "type": "object" },
   "spec": { "type": "object", "properties": { "size": { "type": "string" } } }
  }
 }
}
`;

/** A fleet that has one of every file that is read. */
async function fleet(): Promise<string> {
  const root = workspace({
    ...demoCatalog,
    'environments/prod.yaml':
      'apiVersion: slipway.dev/v1alpha1\nkind: Environment\nmetadata: { name: prod }\nspec:\n  deletionBudget: 1\n',
    'clusters/a.yaml': clusterSpec('a', '  environment: prod\n  capabilities: { demo: {}, shop: {} }\n'),
    'custom/shop/capability.yaml':
      'apiVersion: slipway.dev/v1alpha1\nkind: Capability\nmetadata: { name: shop }\nspec:\n  summary: A shop.\n  options: { type: object, additionalProperties: false, properties: {} }\n',
    'custom/shop/web/component.yaml':
      'apiVersion: slipway.dev/v1alpha1\nkind: Component\nmetadata: { name: web }\nspec:\n  summary: Its pages.\n  namespace: demo\n',
    'custom/shop/web/manifests/thing.yaml.hbs':
      'apiVersion: example.com/v1\nkind: Thing\nmetadata: { name: x, namespace: demo }\nspec: { size: "1" }\n',
    'custom/shop/web/manifests/map.json':
      '{\n  "apiVersion": "v1",\n  "kind": "ConfigMap",\n  "metadata": { "name": "m", "namespace": "demo" }\n}\n',
    'schemas/crds/example.com/Thing_v1.json': thing,
    'catalog/catalog.lock': 'version: 1\ncharts: []\n',
  });
  await call(
    createContext(root, { quiet: true, verbose: false }, () => undefined),
    'render',
  );
  return root;
}

/** Files that are read as what they are by no command here. */
const isRead = (path: string): boolean => !path.startsWith('.slipway/');

const lines = ['validate', 'render --check', 'diff', 'drift', 'catalog list', 'inspect plan', 'schema cluster'];

/** `SLIPWAY_FAILURES=all` tries every damage of every file in every command; else each file has the conflict and one more. */
const isFull = process.env['SLIPWAY_FAILURES'] === 'all';

describe('a file that is damaged', () => {
  it('is a finding, for every command', { timeout: isFull ? 7_200_000 : 120_000 }, async () => {
    const root = await fleet();
    expect((await ended(root, 'validate')).diagnostics).toEqual([]);
    const names = Object.keys(damages);
    const faults: string[] = [];
    for (const [i, [path, text]] of [...snapshot(root)].filter(([file]) => isRead(file)).entries())
      for (const name of isFull ? names : ['conflict', names[1 + (i % (names.length - 1))] ?? '']) {
        writeFileSync(join(root, path), damages[name]?.(text) ?? '');
        const tried = isFull ? lines : [name === 'conflict' ? 'validate' : (lines[i % lines.length] ?? '')];
        for (const line of tried) {
          const end = await ended(root, line);
          faults.push(...faultsOf(end).map((fault) => `${line}, ${path} (${name}): ${fault}`));
          if (name !== 'conflict' || line !== 'validate') continue;
          const places = end.diagnostics.map((d) => `${d.code} ${d.at?.file ?? ''}:${d.at?.line ?? 0}`);
          if (!places.includes(`yaml/merge-conflict ${path}:2`)) faults.push(`${path}: ${places.join('; ')}`);
        }
        writeFileSync(join(root, path), text);
      }
    expect(faults).toEqual([]);
  });
});
