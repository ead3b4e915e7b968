import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillSql } from '../../generator/template/helpers/sql.ts';
import { findServers, startServer } from './server.ts';
import type { Server } from './server.ts';

const [newest] = findServers().filter(({ version }) => Number(version) >= 15); // \getenv
/** A statement whose every part reads or hides a placeholder, and prints what came of it. */
const statements = [
  "SELECT :'value'",
  `SELECT 1 AS :"value"`,
  "SELECT :'value'::text || ':' || 'x :''value'' y'",
  "SELECT /* :'value' /* :'value' */ :'value' */ :'value' -- :'value'",
  "SELECT $$ :'value' $$, $a$ :'value' $$ $a$, :'value'",
  `SELECT E'\\' :''value''', U&'\\0061', ":""value""" FROM (SELECT 1 AS ":""value""") t`,
  "SELECT (ARRAY[1,2,3])[1:2], :'value', 1::text",
];

const values = ['x', "it's", 'a"b', 'a\\b', '$$', "' OR ''='", "é:'value'", '--', '%'];

describe.skipIf(newest === undefined)('placeholders of SQL, beside psql', () => {
  let server: Server;
  beforeAll(() => {
    server = startServer(newest?.binaries ?? '');
  });
  afterAll(() => server.stop());

  it.each(statements)('%s', (statement) => {
    for (const value of values) {
      const asked = server.psql('postgres', 'postgres', `\\getenv value ASKED\n${statement};\n`, { ASKED: value });
      const filled = server.psql('postgres', 'postgres', `${fillSql(statement, { value })};\n`);
      expect(filled.stdout, value).not.toBe('');
      expect(filled.stdout).toBe(asked.stdout);
    }
  });

  it('any text comes back as it was', () => {
    const texts = fc.sample(fc.string({ unit: 'grapheme', minLength: 1 }), 40).filter((t) => !/[\0\n\r]/.test(t));
    const sql = texts.map((value) => fillSql("SELECT encode(convert_to(:'value', 'UTF8'), 'hex');", { value }));
    const { stdout } = server.psql('postgres', 'postgres', `${sql.join('\n')}\n`);
    expect(stdout.trim().split('\n')).toEqual(texts.map((t) => Buffer.from(t).toString('hex')));
  });
});
