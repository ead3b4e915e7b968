import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli, workspace } from '../helpers/workspace.ts';
import type { RunResult } from '../helpers/workspace.ts';

const schema = JSON.stringify({
  type: 'object',
  properties: { spec: { type: 'object', additionalProperties: false } },
});
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  const status = request.url?.includes('broken') === true ? 500 : request.url?.includes('widget') === true ? 200 : 404;
  response.writeHead(status).end(status === 200 ? schema : 'nothing');
});
let base = '';
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

/** Runs beside this process, which answers its requests. */
function run(root: string, args: readonly string[], input = ''): Promise<RunResult> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd: root, env: { ...process.env, NO_COLOR: '1' } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => done({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

const widget = (spec: string): string =>
  `apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: w }\nspec: ${spec}\n`;
const template = '{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json';

it('schemas behind http are fetched once each, and missing ones leave the next place to say', async () => {
  asked.length = 0;
  const input = [widget('{}'), widget('{ a: 1 }'), widget('{}').replace('Widget', 'Other')].join('---\n');
  const args = [
    'validate',
    '-',
    '--schema-location',
    'default',
    '--schema-location',
    `${base}/${template}`,
    '-o',
    'json',
  ];
  const { code, stdout } = await run(workspace({}), args, input);
  const { data, diagnostics } = JSON.parse(stdout) as {
    data: { summary: unknown };
    diagnostics: readonly { code: string; line?: number }[];
  };
  expect(code).toBe(1);
  expect(data.summary).toEqual({ valid: 1, invalid: 1, errors: 1, skipped: 0 });
  expect(diagnostics.map((d) => d.code)).toEqual(['tree/schema', 'tree/no-schema']);
  expect(asked.sort()).toEqual(['/example.com/other_v1.json', '/example.com/widget_v1.json']);
});

it('a host that does not answer is an error of its own, and nothing counts as checked', async () => {
  const root = workspace({ 'w.yaml': widget('{}') });
  for (const location of [`${base}/broken/${template}`, `http://127.0.0.1:1/${template}`]) {
    const { code, stderr } = await run(root, ['validate', 'w.yaml', '--schema-location', location]);
    expect([code, stderr.includes('error  schema/unreachable')]).toEqual([1, true]);
  }
});
