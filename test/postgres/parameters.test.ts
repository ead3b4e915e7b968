import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../helpers/workspace.ts';
import { parametersRefused } from './render.ts';
import type { Server } from './server.ts';
import { findServers, startServer } from './server.ts';

/** Name, value, and whether both the server and `validate` take it. */
const samples: readonly (readonly [string, string, boolean])[] = [
  ['work_mem', '64MB', true],
  ['work_mem', ' 64 MB ', true],
  ['work_mem', '1.5GB', true],
  ['work_mem', '64Mi', false],
  ['work_mem', '64mb', false],
  ['work_mem', '64M', false],
  ['statement_timeout', '5min', true],
  ['statement_timeout', '0.5 h', true],
  ['statement_timeout', '5 minutes', false],
  ['max_connections', '200', true],
  ['max_connections', '0x40', true],
  ['max_connections', 'many', false],
  ['max_connections', '200MB', false],
  ['random_page_cost', '1.1', true],
  ['random_page_cost', '1e1', true],
  ['random_page_cost', '1,1', false],
  ['max_connections', '0', false],
  ['max_connections', '262144', false],
  ['work_mem', '63kB', false],
  ['work_mem', '64', true],
  ['work_mem', '2TB', false],
  ['statement_timeout', '-1', false],
  ['statement_timeout', '24d', true],
  ['statement_timeout', '25d', false],
  ['log_min_duration_statement', '-1', true],
  ['vacuum_cost_delay', '101', false],
  ['vacuum_cost_delay', '2000us', true],
  ['checkpoint_completion_target', '1.1', false],
  ['checkpoint_timeout', '29s', false],
  ['checkpoint_timeout', '1d', true],
  ['jit', 'OFF', true],
  ['jit', 'of', true],
  ['jit', 'o', false],
  ['jit', 'enabled', false],
  ['synchronous_commit', 'Remote_Apply', true],
  ['synchronous_commit', 'yes', true],
  ['synchronous_commit', 'always', false],
  ['log_min_messages', 'debug', true],
  ['log_min_messages', 'warn', false],
  ['default_transaction_isolation', 'repeatable read', true],
  ['default_transaction_isolation', 'snapshot', false],
  ['plan_cache_mode', 'auto', true],
  ['max_conections', '200', false],
];

it('have a default version whose first number stays', () => {
  // A cluster that names no version would be upgraded in place by a new catalog, into the same backup folder.
  const text = readFileSync(join(repository, 'catalog/postgres/capability.yaml'), 'utf8');
  expect(/version: \{ .*default: "(\d+)\.\d+"/.exec(text)?.[1]).toBe('18');
});

describe.each(findServers())('parameters of PostgreSQL $version', ({ binaries, version }) => {
  let server: Server;
  beforeAll(() => {
    server = startServer(binaries);
  });
  afterAll(() => server?.stop());

  it('are all known, with the values that the server prints', async () => {
    const rows = server.psql(
      'postgres',
      'postgres',
      "SELECT name, current_setting(name) FROM pg_settings WHERE context IN ('postmaster', 'sighup', 'superuser-backend', 'backend', 'superuser', 'user') AND name NOT IN ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable', 'extension_destdir')",
    ).stdout;
    const settings = Object.fromEntries(
      rows.split('\n').map((row) => [row.slice(0, row.indexOf('|')), row.slice(row.indexOf('|') + 1)]),
    );
    const refused = await parametersRefused(version, settings);
    const unknown = [...refused].filter(
      ([, message]) => !message.startsWith('The operator sets this parameter itself'),
    );
    expect(unknown).toEqual([]);
    expect(refused.size).toBeGreaterThan(40);
  });

  it('have the values that the server takes', async () => {
    const wrong: string[] = [];
    // A map has each name once, so samples of the same name go in rounds.
    const rounds: (readonly [string, string, boolean])[][] = [];
    for (const sample of samples) {
      const round = rounds.find((r) => r.every(([name]) => name !== sample[0]));
      if (round === undefined) rounds.push([sample]);
      else round.push(sample);
    }
    for (const round of rounds) {
      const refused = await parametersRefused(version, Object.fromEntries(round.map(([name, value]) => [name, value])));
      for (const [name, value, isTaken] of round) {
        const sql = `ALTER SYSTEM SET ${name} = '${value}'; ALTER SYSTEM RESET ${name};`;
        if ((server.psql('postgres', 'postgres', sql).code === 0) !== isTaken) wrong.push(`server: ${name} = ${value}`);
        if (!refused.has(name) !== isTaken) wrong.push(`validate: ${name} = ${value}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
