import { describe, expect, it } from 'vitest';
import { HelmDocumentError, helmDocuments, printDocuments, splitManifests } from '../../../generator/helm/output.ts';
import type { HelmText } from '../../../generator/ports.ts';

const result = (...texts: readonly HelmText[]) => ({ texts, impure: [], warnings: [] });
const rendered = (source: string, text: string): HelmText => ({ source, text, isCrd: false });
const object = (kind: string, name: string, annotations = ''): string =>
  `kind: ${kind}\nmetadata: {name: ${name}, annotations: {${annotations}}}`;

describe('documents of a text', () => {
  it.each([
    ['a: 1', ['a: 1']],
    ['\n\n---\na: 1\n---\nb: 2\n', ['a: 1', 'b: 2\n']],
    ['a: 1   \n\n---   \n\n  b: 2', ['a: 1', 'b: 2']],
    ['---\n---\na: 1', ['---\na: 1']],
    ['a: 1\n--- # said\nb: 2', ['a: 1', '# said\nb: 2']],
    ['---a: 1\n---b: 2', ['a: 1', 'b: 2']],
    ['a: |\n  ---\n  x', ['a: |\n  ---\n  x']],
    ['a: 1\r\n---\r\nb: 2\r\n', ['a: 1', 'b: 2\r\n']],
    ['\u00a0---', []],
    [' \n---\n \n', []],
  ])('%j', (text, expected) => {
    expect(splitManifests(text)).toEqual(expected);
  });
});

describe('the order of documents', () => {
  it('is that of Helm: crds/, kinds it knows, others by name, hooks', () => {
    const documents = helmDocuments(
      result(
        rendered(
          'web/templates/b.yaml',
          ['Zebra', 'Service', 'Ant', 'Namespace'].map((k) => object(k, 'b')).join('\n---\n'),
        ),
        rendered(
          'web/templates/a.yaml',
          [object('Service', 'a'), object('Job', 'a', 'helm.sh/hook: pre-install')].join('\n---\n'),
        ),
        rendered(
          'web/templates/A.yaml',
          object('Pod', 'A', 'helm.sh/hook: " Post-Install,pre-delete", helm.sh/hook-weight: 5'),
        ),
        rendered('web/templates/NOTES.txt', 'Not: a manifest: at all'),
        { source: 'web/crds/a.yaml', text: '# x\n---\nkind: B\n---\nkind: A\n', isCrd: true },
      ),
    );
    expect(
      documents.map((d) => [d.source, (d.object as { kind?: string } | null)?.kind, d.hook?.events.join()]),
    ).toEqual([
      ['web/crds/a.yaml', undefined, undefined],
      ['web/crds/a.yaml', 'B', undefined],
      ['web/crds/a.yaml', 'A', undefined],
      ['web/templates/b.yaml', 'Namespace', undefined],
      ['web/templates/a.yaml', 'Service', undefined],
      ['web/templates/b.yaml', 'Service', undefined],
      ['web/templates/b.yaml', 'Ant', undefined],
      ['web/templates/b.yaml', 'Zebra', undefined],
      ['web/templates/A.yaml', 'Pod', 'post-install,pre-delete'],
      ['web/templates/a.yaml', 'Job', 'pre-install'],
    ]);
    expect(documents.at(-2)?.hook).toMatchObject({ weight: 5 });
    expect(printDocuments(documents.slice(0, 4))).toBe(
      `---\n# Source: web/crds/a.yaml\n# x\n---\nkind: B\n---\nkind: A\n\n---\n# Source: web/templates/b.yaml\n${object('Namespace', 'b')}\n`,
    );
  });

  it('leaves tests and unknown hooks out', () => {
    const hooks = ['test', 'test-success', 'pre-install,test', 'crd-install', ''].map((h, i) =>
      object('Pod', `p${i}`, `helm.sh/hook: "${h}"`),
    );
    expect(helmDocuments(result(rendered('web/templates/a.yaml', hooks.join('\n---\n'))))).toEqual([]);
    expect(printDocuments([])).toBe('\n');
  });
});

describe('a document that Helm cannot read', () => {
  it.each([
    ['a: b: c', 1],
    ['a: 1\nb: [', 2],
    ['- a', 1],
    ['text', 1],
    ['kind: [a]', 1],
    ['metadata: text', 1],
    ['metadata: {annotations: {a: [b]}}', 1],
  ])('%j', (text, line) => {
    let thrown: unknown;
    try {
      helmDocuments(result(rendered('web/templates/a.yaml', text)));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(HelmDocumentError);
    expect(thrown).toMatchObject({ source: 'web/templates/a.yaml', line: expect.any(Number) as number });
    expect((thrown as HelmDocumentError).line).toBeGreaterThanOrEqual(line);
    expect((thrown as HelmDocumentError).message).toMatch(/^YAML parse error on web\/templates\/a\.yaml: /);
  });
});
