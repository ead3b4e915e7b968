import { describe, expect, it } from 'vitest';
import type { Value } from '../../../generator/model/values.ts';
import { splitDocuments } from '../../../generator/yaml/documents.ts';
import { readKubernetesYaml } from '../../../generator/yaml/kubernetesYaml.ts';
import { objectsIn } from '../../../generator/yaml/objects.ts';
import { parseSource } from '../../../generator/yaml/source.ts';
import table from '../../fixtures/yaml/kubernetes.json' with { type: 'json' };

/** What Kubernetes reads; 'an error' for a document that it cannot read. */
type Read = readonly (Value | 'an error')[];

/** Refused here: go-yaml drops what follows, or reads on where YAML ends. */
const refused = [
  '{"a":1}{"b":2}\n',
  '"a":1\n',
  '  a: 1\n b: 2\n',
  ' a: 1\nb: 2\n',
  "a: 'b'#c\n",
  'a: |#c\n  y\n',
  '# c\n  a\n# c\nb\n',
  '\n - a\nb\n',
];
/** Read here: go-yaml knows line breaks of YAML 1.1 that nobody writes, no tab behind a dash, and not all escapes. */
const taken = [
  '-\ta\n',
  'a: x\u0085y\n',
  'a: x\u2028y\n',
  'a: |\n  x\u0085  y\n',
  'a: "\\x41\\u00e4\\U0001F600\\n\\/\\e"\n',
  '{"a":"\\ud83d\\ude00"}\n',
];

const facts = table.facts.filter(({ input }) => !refused.includes(input) && !taken.includes(input));

function documentsIn(text: string): Read {
  const documents = splitDocuments(text);
  if (documents.some(({ stray }) => stray !== undefined)) return ['an error']; // which takes the document above with it
  return documents.map(({ body }) => {
    const read = readKubernetesYaml(body);
    return 'problem' in read ? 'an error' : read.value;
  });
}

const parsed = (documents: readonly (string | null)[]): Read =>
  documents.map((json) => (json === null ? 'an error' : (JSON.parse(json) as Value)));

/** Without the documents that hold nothing, and what Kubernetes does not reach behind an error in the stream. */
const comparable = (documents: Read): Read => documents.filter((document) => document !== null);

describe(`YAML is read as sigs.k8s.io/yaml ${table.versions['sigs.k8s.io/yaml']} reads it`, () => {
  it.each(facts.map(({ input, documents }) => [input, documents] as const))('%j', (input, documents) => {
    expect(comparable(documentsIn(input))).toEqual(comparable(parsed(documents)));
  });

  it.each(refused)('but for %j, which is refused', (input) => {
    expect(documentsIn(input)).toEqual(['an error']);
  });

  it.each(taken)('but for %j, which is read', (input) => {
    expect(documentsIn(input)).not.toContain('an error');
  });

  it('in specs, which refuse what readers do not agree on', () => {
    const differing = facts.flatMap(({ input, documents }) => {
      const { value } = parseSource('f.yaml', input);
      const [only, ...more] = parsed(documents);
      if (value === undefined || (more.length === 0 && only !== undefined)) return [];
      return [input];
    });
    expect(differing).toEqual([]);
    for (const { input, documents } of facts) {
      const { value } = parseSource('f.yaml', input);
      const isBehindDashes = /^---[^\S\n]*[^\s#]/m.test(input); // one document, which no stream begins
      if (value !== undefined && !isBehindDashes) expect([input, value.value]).toEqual([input, parsed(documents)[0]]);
    }
  });

  it('in files of objects, but for equal keys and what stands below ...', () => {
    const strict = ['a: 1\na: 2\n', 'a: 1\n"a": 2\n', 'a: {b: 1, b: 2}\n', '1: a\n"1": b\n', 'a: 1\n...\nb: 2\n'];
    for (const { input, documents } of facts) {
      const [json, ...more] = documents;
      if (more.length > 0 || json === undefined || json === null || !json.startsWith('{')) continue;
      if (/^\s|^\{|^---|^%|^\ufeff/.test(input)) continue;
      const found = objectsIn('f.yaml', `apiVersion: v1\nkind: A\n${input}`);
      const expected = { apiVersion: 'v1', kind: 'A', ...(JSON.parse(json) as object) };
      const objects = found.map((item) => ('object' in item ? item.object : 'an error'));
      expect([input, objects]).toEqual([input, [strict.includes(input) ? 'an error' : expected]]);
    }
  });
});
