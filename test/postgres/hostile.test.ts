import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { renderChangedSql, renderJobSettings, renderReadmeSql } from './render.ts';
import { findServers } from './server.ts';
import type { Shop } from './shop.ts';
import { denied, startShop } from './shop.ts';

const orders = { schema: 'sales', table: 'orders' };
const customers = { schema: 'sales', table: 'customers' };
const supportReads = { ...customers, role: 'support', privileges: ['SELECT'] };
const everything = { schema: 'sales', table: '*', role: 'reporting', privileges: ['SELECT'] };
const ruleOfSupport = { ...orders, role: 'support', command: 'SELECT', column: 'assignee', equals: 'currentUser' };

/** A function that makes the owner of the database a superuser as soon as somebody with that power runs it. */
const climb = (name: string, header = 'RETURNS boolean', result = 'RETURN true;'): string => `
  CREATE FUNCTION ${name} ${header} LANGUAGE plpgsql AS $climb$
  BEGIN
    BEGIN
      EXECUTE 'RESET ROLE';
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
    BEGIN
      EXECUTE 'RESET SESSION AUTHORIZATION';
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
    BEGIN
      EXECUTE 'ALTER ROLE shop_owner SUPERUSER';
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
    ${result}
  END
  $climb$;`;

describe.each(findServers())('hostile roles on PostgreSQL $version', ({ binaries, version }) => {
  let shop: Shop;
  const climbed = (): string => shop.admin("SELECT rolsuper FROM pg_roles WHERE rolname = 'shop_owner'", 'postgres');
  const holds = (role: string, object: string, privilege: string, kind = 'table'): string =>
    shop.admin(`SELECT has_${kind}_privilege('${role}', '${object}', '${privilege}')`);

  beforeAll(() => {
    shop = startShop(binaries);
  });
  afterAll(() => shop?.server.stop());
  beforeEach(() => shop.reset());

  describe('what is taken away', () => {
    it('leaves comparisons of citext as they are', async () => {
      shop.admin(
        "CREATE EXTENSION citext; SET ROLE shop_owner; CREATE TABLE sales.people (email citext); INSERT INTO sales.people VALUES ('Ada@example.com');",
      );
      const permissions = { tables: [{ schema: 'sales', table: 'people', role: 'support', privileges: ['SELECT'] }] };
      await shop.applyChanged(permissions);
      const found = "SELECT count(*) FROM sales.people WHERE email = 'ada@EXAMPLE.com'";
      expect(shop.as('support', found).stdout).toBe('1');
      shop.admin('REVOKE USAGE ON SCHEMA public FROM PUBLIC');
      expect(shop.as('support', found).stdout).toBe('0');
      await shop.applyChanged(permissions);
      expect(shop.as('support', found).stdout).toBe('1');
      denied(shop.as('support', 'CREATE TABLE public.mine ()'), 'permission denied');
    });

    it('compares a setting as the type of the column does', async () => {
      shop.admin(
        "CREATE EXTENSION citext; SET ROLE shop_owner; CREATE TABLE sales.people (email citext); INSERT INTO sales.people VALUES ('Ada@example.com');",
      );
      await shop.applyChanged({
        tables: [{ schema: 'sales', table: 'people', role: 'support', privileges: ['SELECT'] }],
        rows: [
          {
            schema: 'sales',
            table: 'people',
            role: 'support',
            column: 'email',
            equals: 'setting',
            setting: 'app.email',
          },
        ],
      });
      expect(shop.as('support', "SET app.email = 'ada@EXAMPLE.com'; SELECT count(*) FROM sales.people").stdout).toBe(
        '1',
      );
    });

    it('is not stopped by a role that gives its own table to everybody', async () => {
      const loader = {
        schemas: [{ schema: 'sales', role: 'loader', privileges: ['USAGE', 'CREATE'] }],
        tables: [supportReads, everything],
      };
      const roles = ['shop_owner', 'support', 'reporting', 'loader'].map((name) => ({ name }));
      await shop.applyChanged(loader, roles);
      shop.as(
        'loader',
        `CREATE TABLE sales.trap (id int); GRANT ALL ON sales.trap TO PUBLIC WITH GRANT OPTION;`.replace(
          ' WITH GRANT OPTION',
          '',
        ) +
          `GRANT SELECT ON sales.trap TO support WITH GRANT OPTION;
         ALTER TABLE sales.trap ENABLE ROW LEVEL SECURITY; CREATE POLICY slipway_trap ON sales.trap USING (true);
         ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC; ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT ALL ON SEQUENCES TO PUBLIC;`,
      );
      expect(shop.as('support', 'SELECT FROM sales.trap').code).toBe(0);
      const result = await shop.applyChanged({ ...loader, tables: [everything] }, roles);
      expect(result.stderr).toMatch(/PUBLIC still holds: .*sales\.trap.*belongs to loader/);
      expect(holds('support', 'sales.customers', 'SELECT')).toBe('f');
      expect(holds('reporting', 'sales.orders', 'SELECT')).toBe('t');
      const superuser = { ...loader, tables: [everything], connectAs: 'superuser' };
      await shop.applyChanged(superuser, roles);
      expect(shop.admin("SELECT relacl FROM pg_class WHERE oid = 'sales.trap'::regclass")).not.toMatch(/[{,]=|support/);
      shop.admin('DROP OWNED BY loader');
    });

    it('goes on where one statement is refused', async () => {
      await shop.applyChanged({ tables: [supportReads, { ...orders, role: 'support', privileges: ['SELECT'] }] });
      shop.admin(
        'CREATE TABLE sales.aaa (id int); GRANT SELECT ON sales.aaa TO support; ALTER TABLE sales.customers OWNER TO postgres;',
      );
      const result = shop.as(
        'shop_owner',
        await renderChangedSql({
          schemas: [{ schema: 'sales', role: 'support', privileges: ['USAGE'] }],
          rows: [{ ...customers, role: 'support', using: 'true' }],
        }),
      );
      denied(
        result,
        /support still holds: SELECT ON TABLE sales\.aaa[^]*the row rules of sales\.customers stay as they were/,
      );
      expect(holds('support', 'sales.orders', 'SELECT')).toBe('f');
      expect(holds('support', 'sales.aaa', 'SELECT')).toBe('t');
    });

    it('goes where somebody with the option to give gave it', async () => {
      shop.admin(
        'GRANT USAGE ON SCHEMA sales TO stranger; GRANT SELECT ON sales.customers TO stranger WITH GRANT OPTION; SET ROLE stranger; GRANT SELECT ON sales.customers TO support;',
      );
      await shop.applyChanged({});
      expect(holds('support', 'sales.customers', 'SELECT')).toBe('f');
      expect(holds('stranger', 'sales.customers', 'SELECT')).toBe('t');
    });

    it('is seen on everything that has permissions', async () => {
      shop.admin(`CREATE SCHEMA extensions; CREATE EXTENSION postgres_fdw SCHEMA extensions; CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw; ALTER SERVER elsewhere OWNER TO shop_owner;
        SET ROLE shop_owner; CREATE SCHEMA other; GRANT ALL ON SCHEMA other TO PUBLIC; CREATE TABLE other.t (id int); GRANT SELECT ON other.t TO PUBLIC;
        CREATE SEQUENCE sales.numbers; GRANT ALL ON SEQUENCE sales.numbers TO support;
        CREATE FUNCTION sales.opens() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT card FROM sales.customers';
        CREATE FUNCTION sales.adds(int, int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2'; GRANT EXECUTE ON FUNCTION sales.adds TO support;
        CREATE PROCEDURE sales.does(INOUT x int) LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
        CREATE AGGREGATE sales.total(int) (sfunc = int4pl, stype = int); GRANT EXECUTE ON FUNCTION sales.total(int) TO support;
        CREATE AGGREGATE sales.middle(float8 ORDER BY float8) (sfunc = float8pl, stype = float8); GRANT EXECUTE ON FUNCTION sales.middle(float8, float8) TO support;
        CREATE PROCEDURE sales.gives(a sales.orders, VARIADIC b text[]) LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
        CREATE DOMAIN sales.amount AS int; GRANT USAGE ON TYPE sales.amount TO support;
        SELECT lo_create(4711); GRANT ALL ON LARGE OBJECT 4711 TO support, PUBLIC;
        GRANT USAGE ON FOREIGN SERVER elsewhere TO support;
        ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO support; ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO PUBLIC;
        ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO support; ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO support;
        ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT USAGE ON SEQUENCES TO support;`);
      await shop.applyChanged({});
      const left = shop.admin(`
        SELECT 'database', d.datacl::text FROM pg_database d WHERE d.datname = 'shop' UNION ALL SELECT n.nspname, n.nspacl::text FROM pg_namespace n WHERE n.nspname IN ('sales', 'other', 'public')
        UNION ALL SELECT c.relname, c.relacl::text FROM pg_class c WHERE c.relnamespace IN ('sales'::regnamespace, 'other'::regnamespace) AND c.relkind <> 'i'
        UNION ALL SELECT p.proname, p.proacl::text FROM pg_proc p WHERE p.pronamespace = 'sales'::regnamespace AND p.prosecdef
        UNION ALL SELECT 'to support: ' || p.proname, p.proacl::text FROM pg_proc p WHERE p.proacl::text LIKE '%support%' UNION ALL SELECT y.typname, y.typacl::text FROM pg_type y WHERE y.typacl::text LIKE '%support%'
        UNION ALL SELECT 'large object', l.lomacl::text FROM pg_largeobject_metadata l UNION ALL SELECT 'server', s.srvacl::text FROM pg_foreign_server s
        UNION ALL SELECT 'default ' || f.defaclobjtype::text, f.defaclacl::text FROM pg_default_acl f WHERE f.defaclobjtype NOT IN ('f', 'T');`);
      expect(left).not.toMatch(/[{,]=|support/);
      expect(shop.admin("SELECT count(*) FROM pg_default_acl f WHERE f.defaclacl::text LIKE '%support%'")).toBe('0');
      expect((await shop.applyChanged({})).stderr).toContain('permissions: 0 given, 0 taken away, 0 changes');
    });

    it('also goes when its role left the declaration together with the owner of the database', async () => {
      await shop.applyChanged({ tables: [supportReads] });
      shop.admin(
        'ALTER DATABASE shop OWNER TO app; ALTER SCHEMA sales OWNER TO app; REASSIGN OWNED BY shop_owner TO app;',
      );
      const sql = (await renderChangedSql({}, [{ name: 'shop_owner' }])).replaceAll("'shop_owner'", "'app'");
      shop.apply(sql, 'app');
      expect(holds('support', 'sales.customers', 'SELECT')).toBe('f');
      denied(shop.as('support', 'SELECT 1'), 'permission denied for database');
    });
  });

  describe('what is given', () => {
    it('can be given: temporary tables, sequences, functions, types and every kind of default', async () => {
      shop.admin(`SET ROLE shop_owner; CREATE SEQUENCE sales.numbers; CREATE TABLE sales.tickets (id int DEFAULT nextval('sales.numbers'));
        CREATE FUNCTION sales.opens() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT card FROM sales.customers'; CREATE DOMAIN sales.amount AS int; REVOKE USAGE ON TYPE sales.amount FROM PUBLIC;`);
      const permissions = {
        database: [{ role: 'support', privileges: ['TEMPORARY', 'CREATE'] }],
        tables: [{ schema: 'sales', table: 'tickets', role: 'reporting', privileges: ['INSERT'] }],
        sequences: [{ schema: 'sales', sequence: '*', role: 'support', privileges: ['SELECT'] }],
        functions: [{ schema: 'sales', function: 'opens', role: 'support' }],
        types: [{ schema: 'sales', type: 'amount', role: 'support' }],
        defaultPrivileges: [
          { schema: '*', role: 'support', privileges: ['SELECT'] },
          { schema: '*', objects: 'functions', role: 'support', privileges: ['EXECUTE'] },
          { schema: '*', objects: 'types', role: 'support', privileges: ['USAGE'] },
          { schema: 'sales', objects: 'sequences', role: 'support', privileges: ['USAGE'] },
        ],
      };
      await shop.applyChanged(permissions);
      expect((await shop.applyChanged(permissions)).stderr).toContain('permissions: 0 given, 0 taken away, 0 changes');
      expect(
        shop.as(
          'support',
          'CREATE TEMPORARY TABLE t (id sales.amount); CREATE SCHEMA mine; DROP SCHEMA mine; SELECT last_value FROM sales.numbers',
        ).code,
      ).toBe(0);
      expect(shop.as('support', 'SELECT sales.opens()').stdout).toBe('4111');
      denied(shop.as('reporting', 'SELECT sales.opens()'), 'permission denied');
      denied(shop.as('reporting', 'CREATE TEMPORARY TABLE t ()'), 'permission denied');
      expect(shop.as('reporting', 'INSERT INTO sales.tickets DEFAULT VALUES').code).toBe(0);
      shop.as('shop_owner', 'CREATE SCHEMA later; CREATE TABLE later.t (id int)');
      expect(holds('support', 'later.t', 'SELECT')).toBe('t');
    });

    it('does not pass by row rules with *', async () => {
      shop.admin(`SET ROLE shop_owner;
        CREATE VIEW sales.all_orders AS SELECT * FROM sales.orders; CREATE VIEW sales.twice AS SELECT * FROM sales.all_orders;
        CREATE VIEW sales.asking WITH (security_invoker = on) AS SELECT * FROM sales.orders; CREATE VIEW sales.harmless AS SELECT name FROM sales.customers;
        CREATE VIEW sales.through_asking AS SELECT * FROM sales.asking; CREATE VIEW sales.barrier WITH (security_barrier) AS SELECT * FROM sales.orders;
        CREATE MATERIALIZED VIEW sales.copy AS SELECT * FROM sales.orders; CREATE TABLE sales.orders_old () INHERITS (sales.orders);
        CREATE TABLE sales.events (day int, who text) PARTITION BY RANGE (day); CREATE TABLE sales.events_1 PARTITION OF sales.events FOR VALUES FROM (1) TO (2);
        CREATE TABLE sales.parent (id int); CREATE TABLE sales.child () INHERITS (sales.parent);`);
      const result = await shop.applyChanged({
        tables: [everything],
        rows: [
          { ...orders, role: 'reporting', command: 'SELECT', using: "status <> 'draft'" },
          { schema: 'sales', table: 'events', role: 'reporting', using: 'who = current_user' },
          { schema: 'sales', table: 'child', role: 'reporting', using: 'false' },
        ],
      });
      const given = shop.admin(
        "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'sales'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege('reporting', oid, 'SELECT')",
      );
      expect(given).toBe('asking child customers events harmless orders');
      expect(shop.as('reporting', 'SELECT count(*) FROM sales.asking').stdout).toBe('2');
      expect(result.stderr).toContain('sales.all_orders is not part of *');
      const named = await shop.applyChanged({
        tables: [everything, { schema: 'sales', table: 'copy', role: 'reporting', privileges: ['SELECT'] }],
        rows: [{ ...orders, role: 'reporting', command: 'SELECT', using: "status <> 'draft'" }],
      });
      expect(named.stderr).toContain('sales.copy passes by row rules');
      expect(holds('reporting', 'sales.copy', 'SELECT')).toBe('t');
    });

    it("does not empty the application's own table", async () => {
      await shop.applyChanged({
        tables: [{ ...orders, role: 'support', privileges: ['SELECT'] }],
        rows: [ruleOfSupport],
      });
      expect(shop.as('shop_owner', 'SELECT count(*) FROM sales.orders').stdout).toBe('3');
      expect(shop.as('support', 'SELECT count(*) FROM sales.orders').stdout).toBe('2');
      await shop.applyChanged({ rows: [ruleOfSupport, { ...orders, role: 'shop_owner', using: "status = 'open'" }] });
      expect(shop.as('shop_owner', 'SELECT count(*) FROM sales.orders').stdout).toBe('2');
      // Taking the rule of the owner away never opens.
      await shop.applyChanged({ rows: [ruleOfSupport] });
      expect(shop.as('shop_owner', 'SELECT count(*) FROM sales.orders').stdout).toBe('0');
    });

    it('is what the example of the README says', async () => {
      shop.admin('CREATE DATABASE app OWNER app', 'postgres');
      const run = (role: string, sql: string): string => {
        const { code, stdout, stderr } = shop.server.psql('app', role, sql);
        expect(`${code} ${stderr}`).toMatch(/^0 /);
        return stdout;
      };
      run('app', "CREATE TABLE orders (id int, assignee text); INSERT INTO orders VALUES (1, 'support'), (2, 'other')");
      run('app', await renderReadmeSql());
      expect([run('app', 'SELECT count(*) FROM orders'), run('support', 'SELECT id FROM orders')]).toEqual(['2', '1']);
      expect(shop.server.psql('app', 'support', 'DELETE FROM orders').stderr).toContain('permission denied');
      shop.admin('DROP DATABASE app WITH (FORCE)', 'postgres');
    });

    it('is withheld while the rules of a table are not in place', async () => {
      const result = shop.as(
        'shop_owner',
        await renderChangedSql({
          tables: [{ ...orders, role: 'support', privileges: ['SELECT'] }, supportReads],
          rows: [{ ...orders, role: 'support', using: 'no_such_column' }],
        }),
      );
      denied(
        result,
        /support was not given: SELECT ON TABLE sales\.orders[^]*row rules of sales\.orders stay as they were/,
      );
      expect(holds('support', 'sales.orders', 'SELECT')).toBe('f');
      expect(holds('support', 'sales.customers', 'SELECT')).toBe('t');
    });
  });

  describe('owners and memory', () => {
    it('goes on under another owner of the database', async () => {
      const permissions = {
        tables: [supportReads, { ...orders, role: 'support', privileges: ['SELECT'] }],
        rows: [ruleOfSupport],
      };
      await shop.applyChanged(permissions);
      shop.admin('ALTER DATABASE shop OWNER TO app');
      const sql = (await renderChangedSql(permissions)).replaceAll("'shop_owner'", "'app'");
      const result = shop.as('app', sql);
      expect(`${result.code} ${result.stderr}`).toMatch(/^0 [^]*permissions: 0 given/);
      expect(shop.as('support', 'SELECT name FROM sales.customers').stdout).toBe('Ada');
      const changed = { ...permissions, rows: [{ ...orders, role: 'support', using: 'true' }] };
      denied(
        shop.as('app', (await renderChangedSql(changed)).replaceAll("'shop_owner'", "'app'")),
        /ALTER TABLE sales\.orders OWNER TO app/,
      );
      expect(shop.as('support', 'SELECT count(*) FROM sales.orders').stdout).toBe('2');
    });

    it('goes on without the superuser', async () => {
      await shop.applyChanged({ connectAs: 'superuser', tables: [supportReads, everything] });
      await shop.applyChanged({ tables: [everything] });
      expect(holds('support', 'sales.customers', 'SELECT')).toBe('f');
      const roles = ['shop_owner', 'shop_api', 'support'].map((name) => ({ name }));
      await shop.applyChanged({}, roles);
      expect(holds('reporting', 'sales.customers', 'SELECT')).toBe('f');
      expect((await shop.applyChanged({}, roles)).stderr).toContain('permissions: 0 given, 0 taken away, 0 changes');
    });

    it('remembers what the table of an earlier version held', async () => {
      shop.admin(`SET ROLE shop_owner; CREATE SCHEMA slipway; CREATE TABLE slipway.granted_role (role_name text PRIMARY KEY);
        INSERT INTO slipway.granted_role VALUES ('reporting'); GRANT SELECT ON sales.customers TO reporting;`);
      await shop.applyChanged({}, [{ name: 'shop_owner' }]);
      expect(holds('reporting', 'sales.customers', 'SELECT')).toBe('f');
      expect(shop.admin("SELECT to_regclass('slipway.granted_role') IS NULL")).toBe('t');
    });

    it('takes no word from a memory that somebody else can write', async () => {
      shop.admin('GRANT CREATE ON DATABASE shop TO support');
      const squat = shop.as(
        'support',
        `CREATE SCHEMA slipway; COMMENT ON SCHEMA slipway IS 'slipway: {stranger}';
        CREATE TABLE slipway.granted_role (role_name text PRIMARY KEY);
        ${climb('slipway.climb()', 'RETURNS trigger', 'RETURN NULL;').replaceAll('shop_owner', 'support')}
        CREATE TRIGGER climb AFTER INSERT OR DELETE ON slipway.granted_role EXECUTE FUNCTION slipway.climb(); INSERT INTO slipway.granted_role VALUES ('stranger');`,
      );
      expect(squat).toEqual({ code: 0, stdout: '', stderr: '' });
      shop.admin('GRANT SELECT ON sales.customers TO stranger');
      await shop.applyChanged({ tables: [everything] });
      expect(holds('stranger', 'sales.customers', 'SELECT')).toBe('t');
      await shop.applyChanged({}, [{ name: 'shop_owner' }]);
      expect(holds('reporting', 'sales.customers', 'SELECT')).toBe('f');
      expect(shop.admin("SELECT bool_or(rolsuper) FROM pg_roles WHERE rolname <> 'postgres'")).toBe('f');
      shop.admin('DROP OWNED BY support');
    });
  });

  describe('connectAs: superuser', () => {
    const superuser = { connectAs: 'superuser', tables: [{ ...orders, role: 'support', privileges: ['SELECT'] }] };

    it('runs no trigger of the owner', async () => {
      shop.admin(`SET ROLE shop_owner; CREATE SCHEMA slipway; CREATE TABLE slipway.granted_role (role_name text PRIMARY KEY);
        ${climb('slipway.climb()', 'RETURNS trigger', 'RETURN NULL;')}
        CREATE CONSTRAINT TRIGGER climb AFTER INSERT OR DELETE OR UPDATE ON slipway.granted_role DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slipway.climb();`);
      await shop.applyChanged(superuser);
      expect(climbed()).toBe('f');
    });

    it('runs no function in a condition with more than the rights of the owner', async () => {
      shop.admin(
        `SET ROLE shop_owner; ${climb('sales.climb()', 'RETURNS boolean IMMUTABLE')} ${climb('sales.climb_now(text)')}`,
      );
      for (const using of ['sales.climb()', 'sales.climb_now(status)']) {
        await shop.applyChanged({ ...superuser, rows: [{ ...orders, role: 'support', using }] });
        expect(climbed()).toBe('f');
        expect(shop.as('support', 'SELECT count(*) FROM sales.orders').stdout).toBe('3');
      }
    });

    it('runs no check behind a literal of a type of the owner', async () => {
      shop.admin(`SET ROLE shop_owner; CREATE TABLE sales.log (id int);
        ${climb('sales.late()', 'RETURNS trigger', 'RETURN NULL;')}
        CREATE CONSTRAINT TRIGGER late AFTER INSERT ON sales.log DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sales.late();
        ${climb('sales.climb(text)', 'RETURNS boolean', 'INSERT INTO sales.log VALUES (1); RETURN true;')}
        CREATE DOMAIN sales.label AS text CHECK (sales.climb(VALUE)); CREATE TYPE sales.pair AS (one sales.label);
        ALTER TABLE sales.orders ADD COLUMN labels sales.label[];`);
      for (const using of ["labels IS NULL OR labels = '{a}'", "('(a)'::sales.pair).one = 'a' OR true"]) {
        await shop.applyChanged({ ...superuser, rows: [{ ...orders, role: 'support', using }] });
        expect(climbed()).toBe('f');
      }
      // On a table of the superuser there is no session of the owner to read them in.
      shop.admin(
        'ALTER TABLE sales.customers OWNER TO postgres; ALTER TABLE sales.customers ADD COLUMN labels sales.label[];',
      );
      const rows = [{ ...customers, role: 'support', using: "labels = '{a}'" }];
      denied(
        shop.as('postgres', await renderChangedSql({ connectAs: 'superuser', rows })),
        'a condition uses type sales.label[], which a superuser does not read',
      );
      denied(
        shop.as(
          'postgres',
          await renderChangedSql({
            connectAs: 'superuser',
            rows: [{ ...customers, role: 'support', using: "sales.climb('x')" }],
          }),
        ),
        'a condition uses function sales.climb',
      );
      expect(climbed()).toBe('f');
      await shop.applyChanged({
        connectAs: 'superuser',
        rows: [{ ...customers, role: 'support', using: 'length(name) = 3 AND name ~~ current_user' }],
      });
    });

    it('is not led astray by settings of the database', async () => {
      shop.admin(`SET ROLE shop_owner; CREATE SCHEMA evil; ${climb('evil.format(text, VARIADIC text[])', 'RETURNS text', "RETURN '';")}
        ALTER DATABASE shop SET search_path = evil, pg_catalog; ALTER DATABASE shop SET standard_conforming_strings = off; ALTER DATABASE shop SET client_encoding = 'SJIS';
        ALTER DATABASE shop SET default_transaction_read_only = on; ALTER DATABASE shop SET quote_all_identifiers = on; ALTER DATABASE shop SET check_function_bodies = on;
        ALTER DATABASE shop SET default_transaction_isolation = 'serializable'; ALTER DATABASE shop SET row_security = off; ALTER DATABASE shop SET datestyle = 'German';
        ALTER DATABASE shop SET statement_timeout = '5s'; ALTER DATABASE shop SET lock_timeout = '1ms';`);
      const result = await shop.applyChanged({ ...superuser, rows: [ruleOfSupport] });
      expect(result.stderr).not.toContain('WARNING');
      expect(climbed()).toBe('f');
      expect(shop.as('support', 'SET row_security = on; SELECT count(*) FROM sales.orders').stdout).toBe('2');
      expect((await shop.applyChanged({ rows: [ruleOfSupport], tables: superuser.tables })).stderr).toContain(
        'permissions: 0 given, 0 taken away, 0 changes',
      );
    });

    it('is not stopped by settings of the database and its roles', async () => {
      for (const owner of ['DATABASE shop', 'ROLE shop_owner', 'ROLE shop_owner IN DATABASE shop'])
        shop.admin(
          [
            "statement_timeout = '1ms'",
            "lock_timeout = '1ms'",
            'default_transaction_read_only = on',
            'role = shop_owner',
          ]
            .map((s) => `ALTER ${owner} SET ${s};`)
            .join(''),
          'postgres',
        );
      const settings = await renderJobSettings('permissions');
      for (const [connectAs, role] of [
        ['owner', 'shop_owner'],
        ['superuser', 'postgres'],
      ] as const) {
        const sql = await renderChangedSql({ ...superuser, connectAs, rows: [ruleOfSupport] });
        const result = shop.server.psql('shop', role, sql, settings);
        expect(`${result.code} ${result.stderr}`).toMatch(/^0 [^]*permissions: /);
      }
      shop.admin(
        'ALTER ROLE shop_owner RESET ALL; ALTER ROLE shop_owner IN DATABASE shop RESET ALL; ALTER DATABASE shop RESET ALL',
        'postgres',
      );
      expect(shop.as('support', 'SELECT count(*) FROM sales.orders').stdout).toBe('2');
    });

    it('needs no database that belongs to its owner already', async () => {
      shop.admin('ALTER DATABASE shop OWNER TO postgres');
      await shop.applyChanged({ ...superuser, rows: [ruleOfSupport] });
      expect(shop.as('support', 'SELECT count(*) FROM sales.orders').stdout).toBe('2');
    });

    it('makes the rules of tables of several owners, and reports what it cannot', async () => {
      shop.admin(
        "CREATE TABLE sales.loaded (id int, who text); ALTER TABLE sales.loaded OWNER TO loader; GRANT USAGE ON SCHEMA sales TO loader; INSERT INTO sales.loaded VALUES (1, 'support');",
      );
      const loaded = { schema: 'sales', table: 'loaded', role: 'support' };
      const permissions = {
        connectAs: 'superuser',
        schemas: [{ schema: 'sales', role: 'loader', privileges: ['USAGE'] }],
        tables: [{ ...loaded, privileges: ['SELECT'] }],
      };
      const roles = ['shop_owner', 'support', 'reporting', 'shop_api', 'loader'].map((name) => ({ name }));
      await shop.applyChanged({ ...permissions, rows: [{ ...loaded, using: 'who = current_user' }] }, roles);
      expect(shop.as('support', 'SELECT count(*) FROM sales.loaded').stdout).toBe('1');
      shop.admin('DROP OWNED BY loader');
    });
  });

  describe('what somebody holds up', () => {
    it('waits for no lock for ever', async () => {
      const sql = (await renderChangedSql({ tables: [everything], rows: [ruleOfSupport] })).replaceAll(
        "lock_timeout = '15s'",
        "lock_timeout = '300ms'",
      );
      shop.admin(
        'GRANT SELECT ON sales.customers TO support; GRANT SELECT ON sales.orders TO stranger; GRANT USAGE ON SCHEMA sales TO stranger',
      );
      const held = shop.server.start(
        'shop',
        'stranger',
        'BEGIN; SELECT FROM sales.orders; SELECT pg_advisory_lock(7305804399); SELECT pg_sleep(60);',
      );
      try {
        while (shop.admin("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") === '0')
          await new Promise((done) => setTimeout(done, 50));
        denied(shop.as('shop_owner', sql), /somebody holds the lock[^]*row rules of sales\.orders stay as they were/);
        expect(holds('support', 'sales.customers', 'SELECT')).toBe('f');
        expect(holds('reporting', 'sales.customers', 'SELECT')).toBe('t');
        expect(holds('reporting', 'sales.orders', 'SELECT')).toBe('f');
      } finally {
        held.stop();
      }
    });

    it('needs no more locks than a small server has', async () => {
      shop.admin(
        "SET ROLE shop_owner; SELECT format('CREATE TABLE sales.t%s (id int)', i) FROM generate_series(1, 1000) i \\gexec",
      );
      await shop.applyChanged({ tables: [everything] });
      expect(holds('reporting', 'sales.t1000', 'SELECT')).toBe('t');
      await shop.applyChanged({});
      expect(shop.admin("SELECT count(*) FROM pg_class WHERE relacl::text LIKE '%reporting%'")).toBe('0');
    });

    it('runs twice at the same time', async () => {
      const sql = await renderChangedSql({ tables: [everything, supportReads], rows: [ruleOfSupport] });
      const runs = await Promise.all([1, 2, 3].map(() => shop.server.start('shop', 'shop_owner', sql).result));
      expect(runs.map((r) => r.code)).toEqual([0, 0, 0]);
      expect(holds('reporting', 'sales.customers', 'SELECT')).toBe('t');
    });
  });

  it(`knows the privileges of version ${version}`, async () => {
    shop.admin(
      `GRANT ALL ON sales.customers TO support; GRANT ALL ON ALL SEQUENCES IN SCHEMA sales TO support WITH GRANT OPTION;`,
    );
    await shop.applyChanged({});
    expect(shop.admin("SELECT count(*) FROM pg_class WHERE relacl::text LIKE '%support%'")).toBe('0');
  });
});
