import { expect } from 'vitest';
import type { ValueMap } from '../../generator/model/values.ts';
import { renderChangedSql } from './render.ts';
import type { Permissions } from './render.ts';
import type { PsqlResult, Server } from './server.ts';
import { startServer } from './server.ts';

/** A server with the database `shop` of the example `permissions`. */
export interface Shop {
  readonly server: Server;
  /** Runs SQL in the database shop. */
  as(role: string, sql: string): PsqlResult;
  /** Runs SQL as superuser; only notices may be said. */
  admin(sql: string, database?: string): string;
  /** Runs permissions, which have to be applied as a whole. */
  apply(sql: string, role?: string): PsqlResult;
  /** The same for permissions of the database shop; a superuser runs those with `connectAs: superuser`. */
  applyChanged(permissions: Permissions, roles?: readonly ValueMap[]): Promise<PsqlResult>;
  /** Makes the database anew, with the tables of `shopSchema`. */
  reset(): void;
}

const roles = ['shop_api', 'support', 'reporting', 'shop_owner', 'app', 'stranger', 'loader'];

export const shopSchema = `
  CREATE SCHEMA sales AUTHORIZATION shop_owner;
  SET ROLE shop_owner;
  CREATE TABLE sales.orders (id serial PRIMARY KEY, tenant_id uuid NOT NULL, assignee text, status text NOT NULL);
  CREATE TABLE sales.customers (id int PRIMARY KEY, name text, card text);
  INSERT INTO sales.orders (tenant_id, assignee, status) VALUES
    ('00000000-0000-0000-0000-00000000000a', 'support', 'open'),
    ('00000000-0000-0000-0000-00000000000a', 'other', 'draft'),
    ('00000000-0000-0000-0000-00000000000b', 'support', 'open');
  INSERT INTO sales.customers VALUES (1, 'Ada', '4111');
`;

export function denied(result: PsqlResult, what: string | RegExp): void {
  expect(result.code).not.toBe(0);
  expect(result.stderr).toMatch(what);
}

export function startShop(binaries: string): Shop {
  const server = startServer(binaries);
  const as = (role: string, sql: string): PsqlResult => server.psql('shop', role, sql);
  const admin = (sql: string, database = 'shop'): string => {
    const result = server.psql(database, 'postgres', sql);
    expect(result.stderr.replaceAll(/^.*NOTICE.*$/gm, '').trim()).toBe('');
    return result.stdout;
  };
  const apply = (sql: string, role = 'shop_owner'): PsqlResult => {
    const result = as(role, sql);
    expect(result.stderr).toContain('permissions: ');
    expect(`${result.code} ${result.stderr}`).toMatch(/^0 /);
    return result;
  };
  admin(
    roles.map((r) => `CREATE ROLE ${r} LOGIN;`).join('') + 'CREATE ROLE readers; GRANT readers TO support;',
    'postgres',
  );
  return {
    server,
    as,
    admin,
    apply,
    async applyChanged(permissions, changedRoles) {
      const role = permissions['connectAs'] === 'superuser' ? 'postgres' : 'shop_owner';
      return apply(await renderChangedSql(permissions, changedRoles), role);
    },
    reset() {
      admin('DROP DATABASE IF EXISTS shop WITH (FORCE);', 'postgres');
      admin('CREATE DATABASE shop OWNER shop_owner;', 'postgres');
      admin(shopSchema);
    },
  };
}
