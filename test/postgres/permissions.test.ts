import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { renderChangedSql, renderPermissionsSql } from './render.ts';
import type { Permissions } from './render.ts';
import type { PsqlResult } from './server.ts';
import { findServers } from './server.ts';
import type { Shop } from './shop.ts';
import { denied, startShop } from './shop.ts';

const servers = findServers();
if (servers.length === 0 && process.env['CI'] !== undefined)
  throw new Error('CI needs PostgreSQL: apt-get install postgresql');
if (servers.length === 0)
  console.log(
    'test/postgres: skipped, no PostgreSQL (initdb, pg_ctl, psql) in SLIPWAY_POSTGRES, PATH or /usr/lib/postgresql',
  );

const tenantA = "SET app.tenant = '00000000-0000-0000-0000-00000000000a';";
const full = { schema: 'sales', table: 'orders' };

/** Everything about permissions that the catalogs hold; identities of policies too, so that a policy made anew shows. */
const state = `
  SELECT oid::regclass, relacl, relrowsecurity, relforcerowsecurity, xmin FROM pg_class WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%') ORDER BY 1;
  SELECT attrelid::regclass, attname, attacl FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid::regclass::text NOT LIKE 'pg\\_%' ORDER BY 1, 2;
  SELECT nspname, nspacl, xmin FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' ORDER BY 1;
  SELECT datacl FROM pg_database WHERE datname = current_database();
  SELECT defaclrole::regrole, defaclnamespace::regnamespace, defaclacl FROM pg_default_acl ORDER BY 1, 2;
  SELECT oid, polname, polrelid::regclass, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy ORDER BY 1;
  SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'slipway';
`;

describe.each(servers)('permissions of PostgreSQL $version', ({ binaries }) => {
  let shop: Shop;
  const as = (role: string, sql: string): PsqlResult => shop.as(role, sql);
  const admin = (sql: string, database?: string): string => shop.admin(sql, database);
  const apply = (sql: string, role?: string): PsqlResult => shop.apply(sql, role);
  const applyChanged = (permissions: Permissions): Promise<PsqlResult> => shop.applyChanged(permissions);

  beforeAll(() => {
    shop = startShop(binaries);
  });
  afterAll(() => shop?.server.stop());
  beforeEach(() => shop.reset());

  it('lets in only who is listed', async () => {
    expect(as('stranger', 'SELECT 1').code).toBe(0);
    apply(await renderPermissionsSql('permissions'));
    denied(as('stranger', 'SELECT 1'), 'permission denied for database');
    expect(as('support', 'SELECT 1').stdout).toBe('1');
  });

  it('separates tenants by the setting of the session', async () => {
    apply(await renderPermissionsSql('permissions'));
    expect(as('shop_api', 'SELECT count(*) FROM sales.orders').stdout).toBe('0');
    expect(as('shop_api', `${tenantA} SELECT id FROM sales.orders ORDER BY id`).stdout).toBe('1\n2');
    expect(
      as(
        'shop_api',
        `${tenantA} INSERT INTO sales.orders (tenant_id, status) VALUES ('00000000-0000-0000-0000-00000000000a', 'open') RETURNING id`,
      ).stdout,
    ).toBe('4');
    denied(
      as(
        'shop_api',
        `${tenantA} INSERT INTO sales.orders (tenant_id, status) VALUES ('00000000-0000-0000-0000-00000000000b', 'open')`,
      ),
      'row-level security',
    );
    denied(
      as('shop_api', `${tenantA} UPDATE sales.orders SET tenant_id = '00000000-0000-0000-0000-00000000000b'`),
      'row-level security',
    );
    expect(as('shop_api', `${tenantA} DELETE FROM sales.orders WHERE id = 3 RETURNING id`).stdout).toBe('');
    denied(as('shop_api', 'TRUNCATE sales.orders'), 'permission denied');
    denied(as('shop_api', 'CREATE TABLE sales.mine ()'), 'permission denied');
    denied(as('shop_api', 'CREATE TABLE public.mine ()'), 'permission denied');
  });

  it('limits columns, and rows by the current user', async () => {
    apply(await renderPermissionsSql('permissions'));
    expect(as('support', 'SELECT id FROM sales.orders ORDER BY id').stdout).toBe('1\n3');
    expect(as('support', "UPDATE sales.orders SET status = 'closed' WHERE id < 3 RETURNING id").stdout).toBe('1');
    denied(as('support', "UPDATE sales.orders SET status = 'paid' WHERE id = 1"), 'row-level security');
    denied(as('support', "UPDATE sales.orders SET assignee = 'support'"), 'permission denied');
    denied(
      as(
        'support',
        "INSERT INTO sales.orders (tenant_id, status) VALUES ('00000000-0000-0000-0000-00000000000a', 'open')",
      ),
      'permission denied',
    );
    expect(as('support', 'SELECT name FROM sales.customers').stdout).toBe('Ada');
    denied(as('support', 'SELECT card FROM sales.customers'), 'permission denied');
    denied(as('support', 'SELECT * FROM sales.customers'), 'permission denied');
    denied(as('support', "COMMENT ON SCHEMA slipway IS 'slipway: {}'"), 'must be owner');
  });

  it('holds for the owner too, and for every table of a schema', async () => {
    apply(await renderPermissionsSql('permissions'));
    expect(as('reporting', 'SELECT id FROM sales.orders ORDER BY id').stdout).toBe('1\n3');
    expect(as('reporting', 'SELECT card FROM sales.customers').stdout).toBe('4111');
    denied(as('reporting', 'DELETE FROM sales.customers'), 'permission denied');
    expect(as('shop_owner', 'SELECT count(*) FROM sales.orders').stdout).toBe('3');
    expect(as('shop_owner', 'CREATE TABLE sales.later (id int)').code).toBe(0);
    expect(as('reporting', 'SELECT count(*) FROM sales.later').stdout).toBe('0');
    await applyChanged({ rows: [{ ...full, role: 'reporting', command: 'SELECT', using: 'true' }] });
    expect(as('shop_owner', 'SELECT count(*) FROM sales.orders').stdout).toBe('0');
  });

  it('changes nothing the second time', async () => {
    const sql = await renderPermissionsSql('permissions');
    expect(apply(sql).stderr).not.toContain('0 given');
    const before = admin(state);
    expect(apply(sql).stderr).toContain('permissions: 0 given, 0 taken away, 0 changes of row security');
    expect(admin(state)).toBe(before);
  });

  it('takes away what is no longer declared', async () => {
    apply(await renderPermissionsSql('permissions'));
    await applyChanged({
      tables: [{ ...full, role: 'support', privileges: ['SELECT'], columns: ['id'] }],
      rows: [{ ...full, role: 'support', command: 'SELECT', using: 'true' }],
    });
    expect(as('support', 'SELECT id FROM sales.orders ORDER BY id').stdout).toBe('1\n2\n3');
    denied(as('support', 'SELECT status FROM sales.orders'), 'permission denied');
    denied(as('support', "UPDATE sales.orders SET status = 'x'"), 'permission denied');
    denied(as('support', 'SELECT name FROM sales.customers'), 'permission denied');
    denied(as('shop_api', 'SELECT 1'), 'permission denied for database');
    await applyChanged({});
    for (const role of ['support', 'reporting', 'shop_api', 'stranger'])
      denied(as(role, 'SELECT 1'), 'permission denied for database');
    expect(
      admin(
        "SELECT count(*) FROM pg_policy; SELECT obj_description('slipway'::regnamespace, 'pg_namespace'); SELECT count(*) FROM pg_default_acl",
      ),
    ).toBe('0\nslipway: {}\n0');
    expect(admin("SELECT relrowsecurity FROM pg_class WHERE oid = 'sales.orders'::regclass")).toBe('t');
    await applyChanged({ withoutRowSecurity: [full] });
    expect(as('shop_owner', 'SELECT count(*) FROM sales.orders').stdout).toBe('3');
  });

  it('takes from a role that left the declaration, and lets it be dropped', async () => {
    apply(await renderPermissionsSql('permissions'));
    apply(await renderChangedSql({}, [{ name: 'shop_owner' }]));
    denied(as('reporting', 'SELECT 1'), 'permission denied for database');
    admin('DROP ROLE reporting; CREATE ROLE reporting LOGIN;', 'postgres');
  });

  it('corrects what was changed by hand', async () => {
    const sql = await renderPermissionsSql('permissions');
    apply(sql);
    admin(`GRANT ALL ON sales.customers TO support WITH GRANT OPTION; GRANT SELECT ON sales.orders TO PUBLIC; GRANT SELECT (card) ON sales.customers TO support;
      ALTER TABLE sales.orders DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;`);
    admin(
      "SELECT format('ALTER POLICY %I ON sales.orders USING (true)', polname) FROM pg_policy WHERE 'reporting'::regrole = ANY (polroles) \\gexec",
    );
    expect(as('reporting', 'SELECT count(*) FROM sales.orders').stdout).toBe('3');
    admin('SET ROLE support; GRANT SELECT ON sales.customers TO stranger;');
    apply(sql);
    expect(as('reporting', 'SELECT count(*) FROM sales.orders').stdout).toBe('2');
    denied(as('support', 'SELECT card FROM sales.customers'), 'permission denied');
    expect(
      admin(
        "SELECT has_table_privilege('stranger', 'sales.customers', 'SELECT'), has_table_privilege('stranger', 'sales.orders', 'SELECT')",
      ),
    ).toBe('f|f');
    expect(apply(sql).stderr).toContain('permissions: 0 given, 0 taken away, 0 changes');
  });

  it('passes over tables that do not exist yet, or fails', async () => {
    const missing = { table: 'nowhere', role: 'support' };
    const permissions = { tables: [{ ...missing, privileges: ['SELECT'] }], rows: [{ ...missing, using: 'true' }] };
    expect((await applyChanged(permissions)).stderr).toContain('table public.nowhere does not exist (yet)');
    denied(
      as('shop_owner', await renderChangedSql({ ...permissions, missingTables: 'fail' })),
      'table public.nowhere does not exist',
    );
    expect(as('shop_owner', 'CREATE TABLE public.nowhere (id int)').code).toBe(0);
    await applyChanged(permissions);
    expect(as('support', 'SELECT count(*) FROM nowhere').stdout).toBe('0');
  });

  it('reports where it has no right, and applies the rest', async () => {
    admin('CREATE TABLE sales.foreign_table (id int); GRANT ALL ON sales.foreign_table TO support;');
    const sql = await renderChangedSql({
      tables: [{ schema: 'sales', table: 'customers', role: 'support', privileges: ['SELECT'] }],
    });
    denied(as('shop_owner', sql), /support still holds: .*sales\.foreign_table.*connectAs: superuser/s);
    expect(admin("SELECT has_table_privilege('support', 'sales.customers', 'SELECT')")).toBe('t');
    apply(sql, 'postgres');
    expect(admin("SELECT has_table_privilege('support', 'sales.foreign_table', 'SELECT')")).toBe('f');
  });

  it('does not let names break out', async () => {
    const evil = [
      `a"; DROP TABLE sales.orders; --`,
      `b'); DROP TABLE sales.orders; --`,
      `c$slipway$; DROP TABLE sales.orders; --`,
      `d\\'); DROP TABLE sales.orders; --`,
      "%I %s :'x' :x \\! true",
      'Größe',
      'SELECT',
      `${'ü'.repeat(31)}X`,
    ];
    const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`;
    for (const name of evil) {
      // Through format and \gexec, psql itself would read :x and \!.
      admin(`CREATE ROLE ${ident(name)} LOGIN; CREATE SCHEMA ${ident(name)} AUTHORIZATION shop_owner; SET ROLE shop_owner;
        CREATE TABLE ${ident(name)}.${ident(name)} (${ident(name)} text, hidden text); INSERT INTO ${ident(name)}.${ident(name)} VALUES (current_user, 'x'), (${`E'${name.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`}, 'x');`);
      const at = { schema: name, table: name, role: name };
      const permissions = {
        tables: [{ ...at, privileges: ['SELECT'], columns: [name] }],
        rows: [{ ...at, command: 'SELECT', column: name, equals: 'currentUser' }],
      };
      const sql = await renderChangedSql(permissions, [{ name: 'shop_owner' }, { name }]);
      apply(sql);
      expect(apply(sql).stderr).toContain('permissions: 0 given, 0 taken away, 0 changes');
      expect(as(name, `SELECT count(*) FROM ${ident(name)}.${ident(name)}`).stdout).toBe('1');
      denied(as(name, `SELECT hidden FROM ${ident(name)}.${ident(name)}`), 'permission denied');
      expect(as('shop_owner', 'SELECT count(*) FROM sales.orders').stdout).toBe('3');
      admin(`DROP OWNED BY ${ident(name)}; DROP ROLE ${ident(name)};`);
    }
  });

  it('does not let conditions break out', async () => {
    const conditions = [
      'true); DROP TABLE sales.customers; --',
      'true) WITH CHECK (true',
      "true) TO PUBLIC; SELECT ('",
      'true; DROP TABLE sales.customers',
      'true) OR (true',
      '$slipway$ true',
    ];
    for (const using of conditions) {
      denied(as('shop_owner', await renderChangedSql({ rows: [{ ...full, role: 'support', using }] })), 'ERROR');
      expect(admin('SELECT count(*) FROM sales.customers; SELECT count(*) FROM pg_policy')).toBe('1\n0');
    }
    await applyChanged({
      tables: [{ ...full, role: 'support', privileges: ['SELECT'] }],
      rows: [{ ...full, role: 'support', using: "status = E'it''s \\\\ ;' -- harmless" }],
    });
    expect(as('support', 'SELECT count(*) FROM sales.orders').stdout).toBe('0');
  });

  it('gives what the example superuser has, and every kind of permission with it', async () => {
    const given = ['writer', 'mirror', 'auditor'];
    admin(given.map((r) => `CREATE ROLE ${r} LOGIN;`).join(''), 'postgres');
    admin('CREATE DATABASE archive OWNER app;', 'postgres');
    admin(
      `CREATE TABLE events (day date, locked bool, secret bool); CREATE TABLE imports (id int); CREATE SCHEMA old; CREATE TABLE old.exports (id int);
       INSERT INTO events VALUES (current_date, false, false), (current_date, true, false), (current_date, false, true); INSERT INTO imports VALUES (1);`,
      'archive',
    );
    const sql = await renderPermissionsSql('superuser');
    const run = (): string => {
      const { code, stderr } = shop.server.psql('archive', 'postgres', sql);
      expect(`${code} ${stderr}`).toMatch(/^0 [^]*permissions: /);
      return stderr;
    };
    run();
    expect(run()).toContain('permissions: 0 given, 0 taken away, 0 changes');
    const writer = (text: string): PsqlResult => shop.server.psql('archive', 'writer', text);
    expect(writer('SELECT count(*) FROM events').stdout).toBe('2');
    denied(writer('INSERT INTO events VALUES (current_date, false, true)'), 'row-level security');
    expect(writer('INSERT INTO events VALUES (current_date, false, false)').code).toBe(0);
    denied(writer('TRUNCATE imports'), 'permission denied');
    expect(shop.server.psql('archive', 'loader', 'TRUNCATE imports; CREATE TABLE fresh (id serial)').code).toBe(0);
    expect(writer("SELECT nextval('fresh_id_seq'); INSERT INTO fresh DEFAULT VALUES").code).toBe(0);
    admin('DROP TABLE imports;', 'archive');
    denied(shop.server.psql('archive', 'postgres', sql), 'imports');
    admin('DROP DATABASE archive WITH (FORCE);', 'postgres');
    admin(given.map((r) => `DROP ROLE ${r};`).join(''), 'postgres');
  });
});
