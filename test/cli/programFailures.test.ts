import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { canary, ended, faultsOf } from '../helpers/ended.ts';
import { random } from '../helpers/failures.ts';
import { repository, snapshot, workspace } from '../helpers/workspace.ts';

/** What a program may do in place of its work, as lines of a shell. */
const failures: Readonly<Record<string, string>> = {
  'ends with 1': 'exit 1',
  'ends with 1 and a word': 'echo "Error: it does not work" >&2; exit 1',
  'ends with 1 and very many words': 'head -c 3000000 /dev/zero | tr "\\0" x >&2; exit 1',
  'ends with 1 and bytes': 'printf "\\377\\000\\033[2J" >&2; exit 1',
  [`ends with 1 and a secret`]: `echo "Error: https://bob:${canary}@example.com/x is not there" >&2; exit 1`,
  'ends with 255': 'exit 255',
  'is killed': 'kill -KILL $$',
  aborts: 'kill -ABRT $$',
  'is killed in its output': 'printf "apiVersion: v1\\nkind:"; kill -KILL $$',
  'says nothing': 'exit 0',
  'says bytes': 'printf "\\377\\376\\000\\001"; exit 0',
  'says a page': 'echo "<!doctype html>"; exit 0',
  'says half of a document': 'printf -- "---\\n# Source: demo/templates/x.yaml\\napiVersion: v1\\nkind: {"; exit 0',
  'says a list': 'echo "[1, 2]"; exit 0',
  'says null': 'echo null; exit 0',
  'says another version': 'echo v2.17.0; exit 0',
  'closes its input': 'exec 0<&-; exit 3',
};

interface Program {
  readonly line: string;
  readonly program: 'helm' | 'kubectl';
  readonly files: Readonly<Record<string, string>>;
}

const rendered = {
  'catalog/demo/demo-chart/component.yaml': `${demoCatalog['catalog/demo/demo-chart/component.yaml'] ?? ''}  delivery: rendered\n`,
};
const example = {
  'catalog/demo/examples/small.yaml': clusterSpec('small', '  capabilities: { demo: {} }\n'),
};

const programs: readonly Program[] = [
  ...[
    'render',
    'render --check',
    'validate',
    'diff',
    'preview a',
    'drift',
    'doctor',
    'bundle packed --offline',
    'report page.html',
  ].map((line): Program => ({ line, program: 'helm', files: rendered })),
  { line: 'catalog test demo', program: 'helm', files: example },
  { line: 'catalog test demo --update', program: 'helm', files: example },
  { line: 'bootstrap a --apply --context a', program: 'kubectl', files: {} },
];

/** A helm that knows its version and renders one object, and a kubectl that does whatever it is told. */
const good: Readonly<Record<Program['program'], string>> = {
  helm: '[ "$1" = version ] && exec echo v4.2.3\nprintf -- "---\\n# Source: demo/templates/x.yaml\\napiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: x\\n  namespace: demo\\n"',
  kubectl: 'cat > /dev/null < /dev/null; echo "{}"',
};

const wanted = process.env['SLIPWAY_FAILURES'] ?? '1';
const isLong = wanted === 'all' || wanted === 'each';

/** Runs a command; the program fails at one of its calls (0: never). Its faults, and how often the program was called. */
async function tried(
  { line, program, files }: Program,
  failure: string,
  at: number,
): Promise<{ faults: string[]; calls: number }> {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-')));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const root = workspace({
    ...demoCatalog,
    'clusters/a.yaml': clusterSpec('a', '  capabilities: { demo: {} }\n'),
    ...files,
  });
  const bin = join(scratch, 'bin');
  mkdirSync(bin);
  const file = join(bin, program);
  writeFileSync(
    file,
    `#!/bin/sh\nn=$(($(cat "${file}.count" 2>/dev/null || echo 0) + 1)); echo $n > "${file}.count"\nif [ $n = ${at} ]; then ${failures[failure] ?? 'exit 0'}; fi\n${good[program]}\n`,
    { mode: 0o755 },
  );
  const before = { ...process.env };
  Object.assign(process.env, {
    PATH: `${bin}:${before['PATH'] ?? ''}`,
    SLIPWAY_CACHE_DIR: join(scratch, 'cache'),
    SLIPWAY_CHARTS: join(repository, 'test/cases/bundle/input/packages'),
    ...(program === 'helm' ? { SLIPWAY_HELM: file, SLIPWAY_ENGINE: 'off' } : {}),
  });
  try {
    const end = await ended(root, line);
    const left = [...snapshot(root).keys()].filter((path) => /\.slipway-|\.tmp$/.test(path));
    const calls = existsSync(`${file}.count`) ? Number(readFileSync(`${file}.count`, 'utf8')) : 0;
    return { faults: [...faultsOf(end), ...left.map((path) => `${path} is left behind`)], calls };
  } finally {
    for (const key of ['SLIPWAY_CACHE_DIR', 'SLIPWAY_CHARTS', 'SLIPWAY_HELM', 'SLIPWAY_ENGINE'])
      delete process.env[key];
    Object.assign(process.env, before);
  }
}

describe('a program that fails', () => {
  const next = random(4);
  it.each(programs)(
    'in $line is a finding with a next step',
    { timeout: isLong ? 3_600_000 : 120_000 },
    async (one) => {
      const { calls, faults: own } = await tried(one, '', 0);
      expect([one.line, own]).toEqual([one.line, []]);
      const all = Array.from({ length: calls }, (_, i) =>
        Object.keys(failures).map((failure) => [failure, i + 1] as const),
      ).flat();
      const chosen = isLong
        ? all
        : Array.from({ length: calls === 0 ? 0 : Number(wanted) }, () => all[Math.floor(next() * all.length)]);
      const faults: string[] = [];
      for (const [failure, at] of chosen.flatMap((pair) => (pair === undefined ? [] : [pair]))) {
        const found = await tried(one, failure, at);
        faults.push(...found.faults.map((fault) => `${one.line}, call ${at} of ${one.program} ${failure}: ${fault}`));
      }
      expect(faults).toEqual([]);
      expect(calls).toBeGreaterThan(0);
    },
  );
});
