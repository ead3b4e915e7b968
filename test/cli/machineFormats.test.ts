import { Ajv2020 } from 'ajv/dist/2020.js';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, describe, expect, it } from 'vitest';
import { commands } from '../../generator/commands/index.ts';
import { requestedFormat } from '../../generator/commands/failure.ts';
import { formatNames } from '../../generator/report/formats.ts';
import type { FormatName } from '../../generator/report/formats.ts';
import { getAt, listAt, textAt } from '../../generator/model/values.ts';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { closeHosts, runInHost } from '../helpers/hosts.ts';
import { cli, repository, workspace } from '../helpers/workspace.ts';

afterAll(closeHosts);

const schema = JSON.parse(readFileSync(join(repository, 'schemas/report.schema.json'), 'utf8')) as object;
const isReport = new Ajv2020({ strict: false }).compile(schema);

const environment = { ...process.env, NO_COLOR: '1' };
const fleet = (): string => workspace({ ...demoCatalog, 'clusters/a.yaml': clusterSpec('a', '') });

/** The codes of a document of a format; throws for what is none. What a command has as data is its own. */
function codesIn(format: FormatName, text: string): readonly string[] {
  if (format === 'json' || format === 'yaml') {
    const report = format === 'json' ? (JSON.parse(text) as object) : (load(text) as object);
    if (!isReport({ ...report, data: null })) throw new Error(JSON.stringify(isReport.errors));
    return listAt(report, 'diagnostics').map((d) => textAt(d, 'code') ?? '');
  }
  if (format === 'sarif') {
    const run = getAt(JSON.parse(text), 'runs', '0');
    expect(getAt(run, 'tool', 'driver', 'name')).toBe('Slipway');
    return listAt(run, 'results').map((r) => textAt(r, 'ruleId') ?? '');
  }
  if (format === 'junit') {
    expect(text).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites [^]*<\/testsuites>\n$/);
    return [...text.matchAll(/<failure type="([^"]*)"/g)].map((m) => m[1] ?? '');
  }
  if (format === 'markdown') {
    expect(text).toMatch(/^## slipway/);
    return [...text.matchAll(/^\| (?:error|warning) \| [^|]* \| <code>([^<]+)</gm)].map((m) => m[1] ?? '');
  }
  for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^::(?:error|warning|notice) /);
  return [...text.matchAll(/title=([^,:]+)/g)].map((m) => m[1] ?? '');
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program with its streams as the shell sets them up. */
function shell(root: string, line: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn('bash', ['-c', line.replaceAll('slipway', `"${process.execPath}" "${cli}"`)], {
    cwd: root,
    env: { ...environment, ...env },
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString('utf8')));
  return new Promise((done) => child.on('close', (code) => done({ code, ...text })));
}

describe('a wrong command line', () => {
  it.each(commands.map((c, i) => ({ path: c.path, format: formatNames[i % formatNames.length] ?? 'json' })))(
    'of $path is a document in $format',
    async ({ path, format }) => {
      const { code, stdout } = await runInHost([...path.split(' '), '--no-such-flag', '-o', format], '/', environment);
      expect([code, codesIn(format, stdout)]).toEqual([64, ['tool/usage']]);
    },
  );

  it.each(
    formatNames.flatMap((format) =>
      [
        [],
        ['rendr'],
        ['catalog', 'lst'],
        ['promote', 'a'],
        ['render', 'extra'],
        ['render', '-j', '0'],
        ['catalog'],
      ].map((line) => ({ line: line.join(' '), format })),
    ),
  )('$line is a document in $format', async ({ line, format }) => {
    const words = line.split(' ').filter((word) => word !== '');
    const { code, stdout } = await runInHost(words, '/', { ...environment, SLIPWAY_OUTPUT: format });
    expect([code, codesIn(format, stdout)]).toEqual([64, ['tool/usage']]);
  });

  it.each(formatNames)('what a command itself refuses is a document in %s', async (format) => {
    const { code, stdout } = await runInHost(['render', '-c', 'zzz', '-o', format], fleet(), environment);
    expect([code, codesIn(format, stdout)]).toEqual([64, ['tool/usage']]);
  });

  it('asks for a format in every form that a command line has for it', () => {
    const format = (line: string, variable?: string): string | undefined =>
      requestedFormat(line.split(' '), variable, formatNames);
    expect(
      ['x -o json', 'x -ojson', 'x --output=json', 'x --output json', 'x -qo json', '-o yaml x -o json'].map((l) =>
        format(l),
      ),
    ).toEqual(Array(6).fill('json'));
    expect(['x', 'x -- -o json', 'x -o', 'x -o xml', 'x -o text'].map((l) => format(l, ' json '))).toEqual([
      'json',
      'json',
      'json',
      undefined,
      undefined,
    ]);
  });
});

describe('what ends otherwise', () => {
  it.each(formatNames)('help and completion are documents in %s', async (format) => {
    for (const line of ['--help', 'render --help', '--version', 'completion bash', 'completion bash -- re']) {
      const words = line.replace(' --', '').split(' ');
      const [first = '', ...rest] = line.includes(' -- ') ? ['completion', 'bash', '-o', format, '--', 're'] : words;
      const args = line.includes(' -- ') ? [first, ...rest] : [...line.split(' '), '-o', format];
      const { code, stdout } = await runInHost(args, '/', environment);
      expect([line, code, format === 'github' ? [] : codesIn(format, stdout)]).toEqual([line, 0, []]);
      if (format === 'json') expect(getAt(JSON.parse(stdout), 'data')).not.toBeNull();
    }
  });

  it.each(formatNames)('a tool that is missing is a document in %s', async (format) => {
    const root = fleet();
    const { code, stdout } = await runInHost(['diff', '--base', 'HEAD', '-o', format], root, {
      ...environment,
      PATH: '/nowhere',
    });
    expect([code, codesIn(format, stdout)]).toEqual([1, ['tool/missing']]);
  });

  it.each([
    ['json', 'SIGINT', 130],
    ['yaml', 'SIGTERM', 143],
    ['sarif', 'SIGHUP', 129],
    ['junit', 'SIGINT', 130],
  ] as const)('an interrupted run is a document in %s (%s)', async (format, signal, exit) => {
    const root = fleet();
    const hook = `--import ${join(repository, 'test/helpers/when.mjs')}`;
    const line = `exec "${process.execPath}" ${hook} "${cli}" render -o ${format}`;
    const env = { WHEN: 'readFileSync .*clusters/a.yaml', THEN: signal };
    const { code, stdout, stderr } = await shell(root, line, env);
    expect([code, codesIn(format, stdout)]).toEqual([exit, ['tool/interrupted']]);
    expect(stderr).toBe('\nInterrupted. deploy/ is what it was.\n');
  });

  it('a reader that goes away does not change the exit code', async () => {
    const root = fleet();
    mkdirSync(join(root, 'deploy'));
    const { stdout } = await shell(root, 'slipway render --check -o json | true; echo "${PIPESTATUS[0]}"');
    expect(stdout).toBe('2\n');
    const wrong = await shell(root, 'slipway render --chekc -o json | true; echo "${PIPESTATUS[0]}"');
    expect(wrong.stdout).toBe('64\n');
  });

  it('an output that cannot be written is an error', async () => {
    for (const line of ['validate -o json', 'render --check -o sarif', 'graph a', '--help']) {
      const { code, stderr } = await shell(fleet(), `slipway ${line} > /dev/full`);
      expect([line, code]).toEqual([line, 1]);
      expect(stderr).toContain('error: the output cannot be written: ENOSPC');
    }
  });
});
