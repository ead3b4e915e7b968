import { LineCounter } from 'yaml';
import { describe, expect, it } from 'vitest';
import { citedLine, locate, locateLine } from '../../../generator/yaml/locate.ts';

const canary = 'c4n4ry-P4ssw0rd';

/** Every excerpt of a text: by line, and by each of its characters. */
function excerpts(text: string): string {
  const lines = text.split('\n').map((_, i) => locateLine('x.yaml', text, i + 1, 1));
  const characters = [...text].map((_, i) => locate('x.yaml', text, new LineCounter(), i, i + 1));
  return JSON.stringify([lines, characters]);
}

describe('an excerpt', () => {
  it.each([
    ['in a Secret', `apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\nstringData:\n  x: ${canary}\n  y: z\n`],
    ['of another kind of letters', `kind: secret\ndata:\n  x: ${canary}\n`],
    ['whose kind comes last', `data:\n  x: |\n    a\n    ${canary}\n    b\nkind: Secret\n`],
    ['beside one', `kind: ConfigMap\ndata:\n  a: b\n---\ndata: { x: ${canary} }\nkind: Secret\n---\nkind: Service\n`],
    ['in a list', `kind: List\nitems:\n- kind: ConfigMap\n  data: {}\n- data:\n    x: ${canary}\n  kind: "Secret"\n`],
    ['in JSON', `{\n "kind": "Secret",\n "data": {\n  "x": "${canary}"\n }\n}\n`],
    ['with CRLF', `kind: Secret\r\ndata:\r\n  x: ${canary}\r\n`],
    ['in a list of them', `kind: SecretList\nitems:\n- metadata: { name: x }\n  data: { x: ${canary} }\n`],
    ['in a list on one line', `{"kind":"SecretList","items":[{"stringData":{"x":"${canary}"}}]}`],
    ['whose kind is a block', `kind: >-\n  Secret\ndata:\n  x: ${canary}\n`],
    ['whose kind is tagged', `kind: !!str Secret\nstringData: !!map { x: ${canary} }\n`],
    ['whose kind has an anchor', `kind: &k Secret\nstringData: &d { x: ${canary} }\ndata: *d\n`],
    ['whose kind is an alias', `kind: *k\nstringData: { x: ${canary} }\n`],
    ['whose kind is written with escapes', `{"kind":"\\u0053ecret","stringData":{"x":"${canary}"}}\n`],
    ['whose kind is an explicit key', `? kind\n: Secret\nstringData: { x: ${canary} }\n`],
    ['whose content is a tagged block', `kind: Secret\nstringData: !!map\n  x: ${canary}\n`],
    ['of a password', `a: 1\nadminPassword: ${canary}\nb: 2\n`],
    ['of a variable', `env:\n  - name: DB_TOKEN\n    value: ${canary}\n  - name: X\n    value: y\n`],
    ['of a block', `a: 1\npassword: |\n  ${canary}\n  ${canary}\nb: 2\n`],
    ['of an address', `a: 1\nrepoURL: https://bob:${canary}@git.example.com/x.git\nb: 2\n`],
  ])('shows nothing that is secret %s', (_, text) => {
    expect(excerpts(text)).not.toContain(canary);
  });

  it('shows what is no secret, also of what names one', () => {
    const text =
      'kind: ExternalSecret\nspec:\n  data:\n    - secretKey: x\n---\nsecretRef: { kind: Secret, name: y }\n';
    expect(locateLine('x.yaml', text, 2, 1).excerpt?.lines).toEqual(['kind: ExternalSecret', 'spec:', '  data:']);
    expect(locateLine('x.yaml', text, 6, 1).excerpt?.lines).toContain('secretRef: { kind: Secret, name: y }');
  });
});

describe('a cited line', () => {
  it('is masked, and none in a Secret', () => {
    const text = `kind: Secret\ndata:\n\tx: ${canary}\n---\na: b\nadminPassword: ${canary}\n\n`;
    expect([3, 5, 6, 7, 99].map((line) => citedLine(text, line))).toEqual([
      undefined,
      'a: b',
      'adminPassword: ***',
      undefined,
      undefined,
    ]);
  });
});
