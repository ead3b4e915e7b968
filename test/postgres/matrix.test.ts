import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findServers } from './server.ts';
import type { Shop } from './shop.ts';
import { startShop } from './shop.ts';

const orders = { schema: 'sales', table: 'orders' };
const customers = { schema: 'sales', table: 'customers' };

/** What is declared; everything in `expected` follows from it. */
const permissions = {
  database: [{ role: 'support', privileges: ['TEMPORARY'] }],
  schemas: [{ schema: 'sales', role: 'loader', privileges: ['USAGE', 'CREATE'] }],
  tables: [
    { ...orders, role: 'shop_api', privileges: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] },
    { ...customers, role: 'support', privileges: ['SELECT'], columns: ['id', 'name'] },
    { schema: 'sales', table: '*', role: 'reporting', privileges: ['SELECT'] },
  ],
  sequences: [{ schema: 'sales', sequence: 'numbers', role: 'support', privileges: ['USAGE'] }],
  functions: [{ schema: 'sales', function: 'opens', role: 'support' }],
  rows: [{ ...orders, role: 'shop_api', using: "status = 'open'" }],
};

const roles = ['shop_api', 'support', 'reporting', 'loader', 'app', 'stranger', 'shop_owner'] as const;

/** What each object is asked: has_<kind>_privilege with the privilege, and a statement that needs no more than it. */
const objects = [
  ['database', 'shop', { CONNECT: 'SELECT 1', TEMPORARY: 'CREATE TEMPORARY TABLE t ()', CREATE: 'CREATE SCHEMA x' }],
  ['schema', 'public', { CREATE: 'CREATE TABLE public.x ()' }],
  ['schema', 'sales', { USAGE: "SELECT 'sales.orders'::regclass", CREATE: 'CREATE TABLE sales.x ()' }],
  ['schema', 'other', { USAGE: "SELECT 'other.open'::regclass", CREATE: 'CREATE TABLE other.x ()' }],
  [
    'table',
    'sales.orders',
    {
      SELECT: 'SELECT FROM sales.orders',
      INSERT: 'INSERT INTO sales.orders DEFAULT VALUES',
      UPDATE: "UPDATE sales.orders SET status = 'open'",
      DELETE: 'DELETE FROM sales.orders',
      TRUNCATE: 'TRUNCATE sales.orders',
      TRIGGER: 'CREATE TRIGGER x AFTER INSERT ON sales.orders EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    },
  ],
  ['table', 'sales.customers', { SELECT: 'SELECT * FROM sales.customers', DELETE: 'DELETE FROM sales.customers' }],
  ['table', 'sales.view_of_orders', { SELECT: 'SELECT FROM sales.view_of_orders' }],
  ['table', 'sales.copy_of_orders', { SELECT: 'SELECT FROM sales.copy_of_orders' }],
  ['table', 'sales.child_of_orders', { SELECT: 'SELECT FROM sales.child_of_orders' }],
  ['table', 'other.open', { SELECT: 'SELECT FROM other.open' }],
  ['column', 'sales.customers, name', { SELECT: 'SELECT name FROM sales.customers' }],
  ['column', 'sales.customers, card', { SELECT: 'SELECT card FROM sales.customers' }],
  ['sequence', 'sales.numbers', { USAGE: "SELECT nextval('sales.numbers')" }],
  ['sequence', 'sales.orders_id_seq', { USAGE: "SELECT nextval('sales.orders_id_seq')" }],
  ['function', 'sales.opens()', { EXECUTE: 'SELECT sales.opens()' }],
  ['function', 'sales.harmless()', { EXECUTE: 'SELECT sales.harmless()' }],
  ['procedure', 'sales.closes(int)', { EXECUTE: 'CALL sales.closes(1)' }],
  ['type', 'sales.amount', { USAGE: 'CREATE TEMPORARY TABLE t (x sales.amount)' }],
] as const;

/** Who may, beside the owner of the database. Nobody is listed who was not declared. */
const expected: Record<string, readonly string[]> = {
  'database shop CONNECT': ['shop_api', 'support', 'reporting', 'loader'],
  'database shop TEMPORARY': ['support'],
  'schema sales USAGE': ['shop_api', 'support', 'reporting', 'loader'],
  'schema sales CREATE': ['loader'],
  'table sales.orders SELECT': ['shop_api', 'reporting'],
  'table sales.orders INSERT': ['shop_api'],
  'table sales.orders UPDATE': ['shop_api'],
  'table sales.orders DELETE': ['shop_api'],
  'table sales.customers SELECT': ['reporting'],
  'column sales.customers, name SELECT': ['support', 'reporting'],
  'column sales.customers, card SELECT': ['reporting'],
  'sequence sales.numbers USAGE': ['support'],
  'sequence sales.orders_id_seq USAGE': ['shop_api'],
  'function sales.opens() EXECUTE': ['support'],
  // Runs with the rights of the caller, so it opens nothing.
  'function sales.harmless() EXECUTE': [...roles],
  'type sales.amount USAGE': [...roles],
};

/** Everything somebody could have done before the first run. */
const before =
  `
  SET ROLE shop_owner;
  ALTER TABLE sales.orders ALTER tenant_id SET DEFAULT '00000000-0000-0000-0000-00000000000a', ALTER status SET DEFAULT 'open';
  CREATE VIEW sales.view_of_orders AS SELECT * FROM sales.orders;
  CREATE MATERIALIZED VIEW sales.copy_of_orders AS SELECT * FROM sales.orders;
  CREATE TABLE sales.child_of_orders () INHERITS (sales.orders);
  CREATE SEQUENCE sales.numbers;
  CREATE FUNCTION sales.opens() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT card FROM sales.customers';
  CREATE FUNCTION sales.harmless() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE PROCEDURE sales.closes(int) LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
  CREATE DOMAIN sales.amount AS int;
  CREATE SCHEMA other; GRANT ALL ON SCHEMA other, sales, public TO PUBLIC; CREATE TABLE other.open (id int);
  GRANT ALL ON ALL TABLES IN SCHEMA sales, other TO PUBLIC, support WITH GRANT OPTION;
`.replace(
    'PUBLIC, support WITH GRANT OPTION',
    'PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA sales TO support WITH GRANT OPTION',
  ) +
  `GRANT ALL ON ALL SEQUENCES IN SCHEMA sales TO PUBLIC; GRANT SELECT (card) ON sales.customers TO app;
  GRANT ALL ON DATABASE shop TO PUBLIC; ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;`;

describe.each(findServers())('the matrix of permissions on PostgreSQL $version', ({ binaries }) => {
  let shop: Shop;
  beforeAll(() => {
    shop = startShop(binaries);
  });
  afterAll(() => shop?.server.stop());

  it.each(['owner', 'superuser'])('is what is declared, asked and tried, with connectAs: %s', async (connectAs) => {
    shop.reset();
    shop.admin(before);
    await shop.applyChanged(
      { ...permissions, connectAs },
      ['shop_owner', 'shop_api', 'support', 'reporting', 'loader'].map((name) => ({ name })),
    );
    const wrong: string[] = [];
    for (const [kind, object, privileges] of objects) {
      for (const [privilege, statement] of Object.entries(privileges)) {
        const who = expected[`${kind} ${object} ${privilege}`] ?? [];
        const [name, column] = object.split(', ');
        const question = roles.map(
          (r) =>
            `has_${kind.replace('procedure', 'function')}_privilege('${r}', '${name}', ${column === undefined ? '' : `'${column}', `}'${privilege}')`,
        );
        const answers = shop.admin(`SELECT ${question.join(', ')}`).split('|');
        roles.forEach((role, at) => {
          const may = who.includes(role) || role === 'shop_owner';
          if ((answers[at] === 't') !== may)
            wrong.push(`${role} ${privilege} on ${object}: ${answers[at]}, not ${may}`);
        });
        const tried = roles.filter((role) => {
          // A type is tried in a table, for which a role needs more.
          const tables = kind !== 'type' || role === 'support' || role === 'shop_owner';
          return tables && (kind !== 'function' || role === 'support') && role !== 'shop_owner';
        });
        for (const role of tried) {
          const may = who.includes(role);
          const { code, stderr } = shop.as(role, `BEGIN; ${statement}; ROLLBACK;`);
          if ((code === 0) !== may || (code !== 0 && !/permission denied/.test(stderr)))
            wrong.push(`${role} tried ${statement}: ${stderr.trim()}, ${may ? 'though it may' : 'though it may not'}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
