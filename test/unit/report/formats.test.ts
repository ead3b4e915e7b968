import { Ajv2020 } from 'ajv/dist/2020.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { diffTrees } from '../../../generator/diff/tree.ts';
import { kindTable } from '../../../generator/kubernetes/kindTable.ts';
import type { Diagnostic } from '../../../generator/model/diagnostic.ts';
import type { Change } from '../../../generator/model/model.ts';
import { formatNames, loadFormat } from '../../../generator/report/formats.ts';
import type { FormatName } from '../../../generator/report/formats.ts';
import { fleetPage } from '../../../generator/report/html/page.ts';
import { formatDiagnostics } from '../../../generator/report/text.ts';
import type { Report, Formatter } from '../../../generator/report/types.ts';
import { emitYaml } from '../../../generator/yaml/emit.ts';
import { repository } from '../../helpers/workspace.ts';

const hostile = '<script>alert("1")</script> | `x` ``` & \' @team #1 *b* [a](b) \u0007\ud800 %0A::error::\n| --- |\r\n';

const finding: Diagnostic = {
  code: 'schema/type',
  severity: 'error',
  message: `It is ${hostile}`,
  hint: hostile,
  cluster: 'a',
  at: { file: 'clusters/ü a:b%.yaml', line: 3, col: 5, endCol: 9 },
  related: [{ message: hostile, at: { file: 'catalog/x.yaml', line: 1, col: 1 } }],
};
const warning: Diagnostic = { code: 'publish/foreign', severity: 'warning', message: 'Beware.', cluster: 'b' };

function changes(cluster: string, count: number): Change[] {
  return Array.from({ length: count }, (_, i) => {
    const object = (text: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `m${i}`, namespace: 'n' },
      data: { 'a|b<c>': text },
    });
    return {
      path: `deploy/${cluster}/manifests/part${i}/configmap-n-m${i}.yaml`,
      cluster,
      kind: 'modify',
      before: emitYaml(object(`${cluster} ${hostile}`)),
      after: emitYaml(object(`${[...cluster].reverse().join('-')} other ${hostile}`)),
    };
  });
}

const report: Report = {
  command: 'diff',
  version: '1.2.3',
  diagnostics: [finding, warning],
  clusters: [
    { name: 'a', isOk: false },
    { name: 'b', isOk: true },
  ],
  diff: diffTrees(
    [
      ...changes('a', 2),
      ...changes('b', 1),
      {
        path: 'deploy/b/manifests/old/persistentvolumeclaim-n-x.yaml',
        cluster: 'b',
        kind: 'delete',
        before: 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: x, namespace: n }\n',
        after: undefined,
      },
    ],
    'main',
    kindTable([]),
  ),
  waves: [
    {
      cluster: 'a',
      components: [
        { name: 'part0', wave: 1, dependsOn: [] },
        { name: 'q"x', wave: 2, dependsOn: ['part0'] },
      ],
    },
  ],
};

const print = async (format: FormatName, it: Report = report): Promise<string> => {
  const formatter: Formatter = await loadFormat(format);
  return formatter(it);
};

describe('every format', () => {
  it.each(formatNames)('%s is the same for the same report, and takes one without anything', async (format) => {
    expect(await print(format)).toBe(await print(format));
    expect(typeof (await print(format, { command: 'graph', version: '1', diagnostics: [] }))).toBe('string');
  });
});

/** One of each sort: cursor and title of a terminal, C1, directions, line ends of others, tags, half a character. */
const obeyed = '\u001b[2J\u001b]0;title\u0007\u009b2J\u007f\r\u202e\u2066\u200f\u061c\u2028\u0085\ufeff\u{e0041}\ud800';
const inPlace = 'x\n::error file=a::b\n##[error]c\n| d | <img src=x> @team https://e.example www.f.example';
const odd: Report = {
  command: 'validate',
  version: '1.0.0',
  text: `text ${obeyed}`,
  data: { [obeyed]: obeyed },
  summary: obeyed,
  diagnostics: [
    {
      code: 'schema/type',
      severity: 'error',
      message: `::error::${obeyed} ${inPlace}`,
      hint: `${obeyed} ${inPlace}`,
      cluster: obeyed,
      at: {
        file: `clusters/${obeyed}\n::error::.yaml`,
        line: 1,
        col: 3,
        excerpt: { firstLine: 1, firstCol: 1, lines: [`a ${obeyed} ::error::`] },
      },
      related: [{ message: obeyed, at: { file: obeyed, line: 1, col: 1 } }],
    },
  ],
};

describe('what would be obeyed', () => {
  const raw = /(?![\n\t])[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

  it.each(formatNames)('is shown by %s', async (format) => {
    expect(await print(format, odd)).not.toMatch(raw);
  });

  it('is shown by text and the page, and begins no line', () => {
    const text = formatDiagnostics(odd.diagnostics);
    expect(text).not.toMatch(raw);
    expect(text.split('\n').filter((line) => /^\s*::|##\[/.test(line))).toEqual([]);
    expect(text.split('\n')).toHaveLength(9);
    const page = fleetPage({ version: '1', clusters: [], diagnostics: odd.diagnostics });
    expect(page).not.toMatch(raw);
    expect(page).not.toContain('<img');
  });

  it('is still the same document in JSON and YAML', async () => {
    expect((JSON.parse(await print('json', odd)) as { data: object }).data).toEqual({ [obeyed]: obeyed });
    const whole = { ...odd, data: { a: obeyed.replace('\ud800', '') }, diagnostics: [] };
    expect(load(await print('yaml', whole))).toEqual(JSON.parse(await print('json', whole)));
  });

  it('is neither markup, mention nor link in Markdown', async () => {
    const text = await print('markdown', odd);
    expect(text).not.toMatch(/<img|@team|&#64;team|https:\/\/e|www\.f/);
    expect(text.split('\n').filter((line) => line.startsWith('| error'))).toHaveLength(1);
  });

  it('is one command in GitHub commands', async () => {
    expect((await print('github', odd)).trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('json', () => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
  const schema = JSON.parse(readFileSync(join(repository, 'schemas/report.schema.json'), 'utf8')) as object;
  const validate = ajv.compile(schema);
  const check = (value: unknown): unknown => (validate(value) ? [] : validate.errors);

  it('follows its published schema', async () => {
    const data = { changes: [], diff: report.diff };
    expect(check(JSON.parse(await print('json', { ...report, data })))).toEqual([]);
  });

  it('follows it in every case of validate and diff', () => {
    const folder = join(repository, 'test/cases');
    const texts = readdirSync(folder)
      .filter((name) => !name.startsWith('_') && !name.includes('.'))
      .flatMap((name) => {
        try {
          return [readFileSync(join(folder, name, 'stdout.txt'), 'utf8')];
        } catch {
          return [];
        }
      })
      .flatMap((text) => [...text.matchAll(/^\$ slipway (?:validate|diff)\b.*-o json\n(\{\n[\s\S]*?\n\}\n)/gm)])
      .map(([, json = '']) => json);
    expect(texts.length).toBeGreaterThan(2);
    for (const text of texts) expect([text.slice(0, 300), check(JSON.parse(text))]).toEqual([text.slice(0, 300), []]);
  });
});

describe('github', () => {
  it('keeps every command on a line of its own', async () => {
    const lines = (await print('github')).trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^::(?:error|warning|notice) [^:]+::/);
    expect(lines[0]).toContain('file=clusters/ü a%3Ab%25.yaml,line=3,col=5');
    expect(lines.filter((l) => l.startsWith('::warning title=data'))).toHaveLength(1);
  });
});

describe('yaml', () => {
  it('is the same document as JSON, whatever the texts are', async () => {
    const odd = {
      ...report,
      data: { text: 'a: "b"\n# c\ttab \u0007', no: undefined, list: [null, true, 1.5, 'yes', '1'] },
    };
    expect(load(await print('yaml', odd))).toEqual(JSON.parse(await print('json', odd)));
  });
});

describe('sarif', () => {
  interface Log {
    version: string;
    runs: {
      tool: { driver: { name: string; rules: { id: string; shortDescription: { text: string } }[] } };
      results: {
        ruleId: string;
        ruleIndex: number;
        level: string;
        message: { text: string };
        locations: {
          physicalLocation: {
            artifactLocation: { uri: string };
            region: { startLine: number; startColumn: number; endColumn?: number };
          };
        }[];
      }[];
    }[];
  }

  it('has what version 2.1.0 asks for', async () => {
    const log = JSON.parse(await print('sarif')) as Log;
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    const rules = run?.tool.driver.rules ?? [];
    expect(new Set(rules.map((r) => r.id)).size).toBe(rules.length);
    for (const rule of rules) expect(rule.shortDescription.text).not.toBe('');
    expect(run?.results.length).toBeGreaterThan(2);
    for (const { ruleId, ruleIndex, level, message, locations } of run?.results ?? []) {
      expect(rules[ruleIndex]?.id).toBe(ruleId);
      expect(['error', 'warning', 'note', 'none']).toContain(level);
      expect(message.text).not.toBe('');
      for (const { physicalLocation } of locations) {
        const { artifactLocation, region } = physicalLocation;
        expect(new URL(artifactLocation.uri, 'file:///root/').href).toBe(`file:///root/${artifactLocation.uri}`);
        expect(region.startLine).toBeGreaterThan(0);
        expect(region.endColumn ?? region.startColumn + 1).toBeGreaterThan(region.startColumn);
      }
    }
  });
});

describe('junit', () => {
  it('is well-formed, with a suite for each cluster', async () => {
    const text = await print('junit');
    expect(elements(text)).toEqual(['a', 'b']);
    expect(text).toContain('<testsuite name="a" tests="3" failures="3"');
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}]/u);
  });

  /** The names of the suites; throws where tags do not close one another or text holds what it may not. */
  function elements(text: string): string[] {
    const open: string[] = [];
    const suites: string[] = [];
    const rest = text
      .replace(/^<\?xml[^?]*\?>/, '')
      .replace(
        /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g,
        (_tag, close: string, name: string, attributes: string, empty: string) => {
          if (close === '/' && open.pop() !== name) throw new Error(`</${name}> closes nothing`);
          if (close === '' && empty === '') open.push(name);
          if (name === 'testsuite' && close === '') suites.push(/name="([^"]*)"/.exec(attributes)?.[1] ?? '');
          return '';
        },
      );
    expect(open).toEqual([]);
    expect(rest).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|apos|#\d+);)/);
    return suites;
  }
});

describe('markdown', () => {
  it('says what loses data first, and lets nothing be markup', async () => {
    const text = await print('markdown');
    const rows = text.split('\n').filter((l) => l.startsWith('| ') && !/^\| (?:---| \|)/.test(l));
    expect(text.indexOf('<b>b</b>')).toBeLessThan(text.indexOf('<b>a</b>'));
    expect(rows.find((r) => r.includes('data'))).toContain('PersistentVolumeClaim');
    expect(text).not.toContain('<script>');
    for (const row of rows)
      expect([row, row.split('|').length]).toEqual([
        row,
        rows[0] === row || row.startsWith('| error') || row.startsWith('| warning') ? 7 : 6,
      ]);
    expect(text).toContain('```mermaid\nflowchart LR\n');
    expect(text.match(/<details>/g)).toHaveLength(3);
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
  });

  it('closes no fence from inside', async () => {
    const text = await print('markdown', { command: 'graph', version: '1', diagnostics: [], text: '```\n````\n# no' });
    expect(text).toContain('\n`````\n```\n````\n# no\n`````\n');
  });

  it('stays below the limit of a comment, whatever there is', async () => {
    const many = Array.from({ length: 300 }, (_, i) => changes(`c${i}`, 20)).flat();
    const diagnostics = Array.from({ length: 3000 }, (_, i) => ({ ...finding, message: `${i} ${hostile.repeat(20)}` }));
    for (const it of [
      { ...report, diff: diffTrees(many, 'main', kindTable([])) },
      { ...report, diagnostics },
      { ...report, diff: diffTrees(many, 'main', kindTable([])), diagnostics },
    ]) {
      const text = await print('markdown', it);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000);
      expect(text).toMatch(/did not fit in here/);
      expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    }
  });
});
