import { describe, expect, it } from 'vitest';
import type { Value } from '../../../generator/model/values.ts';
import { fillSql } from '../../../generator/template/helpers/sql.ts';

const cases: [sql: string, values: Record<string, Value>, filled: string][] = [
  ["SELECT :'a'", { a: "it's" }, "SELECT 'it''s'"],
  ["SELECT :'a'::int, b::text", { a: 3 }, "SELECT '3'::int, b::text"],
  ["SELECT :'a'::jsonb", { a: [{ b: 'c' }] }, `SELECT '[{"b":"c"}]'::jsonb`],
  ["SELECT :'a'::jsonb", { a: ['"'] }, `SELECT E'["\\\\""]'::jsonb`],
  ["SELECT :'a'", { a: null }, 'SELECT NULL'],
  ['SELECT :"a"', { a: 'x"y' }, 'SELECT "x""y"'],
  ["-- :'a'\nSELECT /* :'a' /* :'a' */ :'a' */ :'a'", { a: 'x' }, "-- :'a'\nSELECT /* :'a' /* :'a' */ :'a' */ 'x'"],
  [`SELECT 'it''s :''a''', ":""a""", :'a'`, { a: 'x' }, `SELECT 'it''s :''a''', ":""a""", 'x'`],
  [`SELECT E'\\' :''a''', :'a'`, { a: 'x' }, `SELECT E'\\' :''a''', 'x'`],
  ["DO $x$ :'a' $$ :'a' $x$; SELECT :'a'", { a: 'x' }, "DO $x$ :'a' $$ :'a' $x$; SELECT 'x'"],
  ["SELECT a$1$ :'a'", { a: 'x' }, "SELECT a$1$ 'x'"],
  ["SELECT :'b', :a, a[1:2]", { a: 'x' }, "SELECT :'b', :a, a[1:2]"],
];

describe('placeholders of SQL', () => {
  it.each(cases)('%s', (sql, values, filled) => expect(fillSql(sql, values)).toBe(filled));
});
