-- Permissions of one database. Can be run any number of times; what is as declared is not touched.
-- pass: only; or first as superuser, and then second as the owner of the database.
\set ON_ERROR_STOP on
\if :{?slipway_any_failed}
\else
\set slipway_any_failed false
\endif
-- Nothing that the database or a role sets for its sessions changes what follows, and nothing an unprivileged role made is found by a name.
SET statement_timeout = '10min';
SET standard_conforming_strings = on;
\encoding UTF8
SET SESSION AUTHORIZATION DEFAULT;
SET ROLE NONE;
SET search_path = pg_catalog, pg_temp;
SET client_min_messages = notice;
SET check_function_bodies = off;
SET default_transaction_read_only = off;
SET default_transaction_isolation = 'read committed';
SET default_tablespace = '';
SET temp_tablespaces = '';
SET row_security = on;
SET transform_null_equals = off;
SET quote_all_identifiers = off;
-- Rather try again than let everything queue up behind a lock.
SET lock_timeout = '15s';
SET idle_in_transaction_session_timeout = 0;
SELECT count(set_config(s.name, '0', false)) AS slipway_ignored FROM pg_settings s WHERE s.name IN ('transaction_timeout', 'idle_session_timeout') \gset
-- One run at a time. Anybody who may connect could hold this lock, so it is not waited for without end: two runs only get in each other's way.
DO $slipway$
BEGIN
  PERFORM pg_advisory_lock(7305804399);
EXCEPTION WHEN lock_not_available THEN
  RAISE NOTICE 'somebody holds the lock of these permissions; going on without it';
END
$slipway$;
CREATE TEMPORARY TABLE slipway_setting (pass text, fail_on_missing boolean, owner_name text);
CREATE TEMPORARY TABLE slipway_role (role_name text);
CREATE TEMPORARY TABLE slipway_grant (id int GENERATED ALWAYS AS IDENTITY, kind text, schema_name text, object_name text, column_name text, role_name text, privilege text);
CREATE TEMPORARY TABLE slipway_row (id int GENERATED ALWAYS AS IDENTITY, schema_name text, table_name text, role_name text, command text, restrictive boolean, column_name text, equals text, setting text, using_sql text, check_sql text);
CREATE TEMPORARY TABLE slipway_open (schema_name text, table_name text);
CREATE TEMPORARY TABLE slipway_default (schema_name text, creator_name text, objects text, role_name text, privilege text);

-- What is declared.
INSERT INTO slipway_setting VALUES (:'pass', :'missing' = 'fail', :'owner');
INSERT INTO slipway_role SELECT jsonb_array_elements_text(:'roles');
INSERT INTO slipway_grant (kind, role_name, privilege)
SELECT 'database', e.role, unnest(e.privileges) FROM jsonb_to_recordset(:'database') AS e (role text, privileges text[]);
INSERT INTO slipway_grant (kind, schema_name, role_name, privilege)
SELECT 'schema', e.schema, e.role, unnest(e.privileges) FROM jsonb_to_recordset(:'schemas') AS e (schema text, role text, privileges text[]);
INSERT INTO slipway_grant (kind, schema_name, object_name, column_name, role_name, privilege)
SELECT 'table', e.schema, e."table", c.name, e.role, p.privilege
FROM jsonb_to_recordset(:'tables') AS e (schema text, "table" text, role text, privileges text[], columns text[]),
  unnest(coalesce(e.columns, ARRAY[NULL])) AS c (name), unnest(e.privileges) AS p (privilege);
INSERT INTO slipway_grant (kind, schema_name, object_name, role_name, privilege)
SELECT 'sequence', e.schema, e.sequence, e.role, unnest(e.privileges) FROM jsonb_to_recordset(:'sequences') AS e (schema text, sequence text, role text, privileges text[]);
INSERT INTO slipway_grant (kind, schema_name, object_name, role_name, privilege)
SELECT 'function', e.schema, e.function, e.role, 'EXECUTE' FROM jsonb_to_recordset(:'functions') AS e (schema text, function text, role text);
INSERT INTO slipway_grant (kind, schema_name, object_name, role_name, privilege)
SELECT 'type', e.schema, e.type, e.role, 'USAGE' FROM jsonb_to_recordset(:'types') AS e (schema text, type text, role text);
INSERT INTO slipway_row (schema_name, table_name, role_name, command, restrictive, column_name, equals, setting, using_sql, check_sql)
SELECT e.schema, e."table", e.role, e.command, e.restrictive, e."column", e.equals, e.setting, e."using", e."check"
FROM jsonb_to_recordset(:'rows') AS e (schema text, "table" text, role text, command text, restrictive boolean, "column" text, equals text, setting text, "using" text, "check" text);
INSERT INTO slipway_open SELECT e.schema, e."table" FROM jsonb_to_recordset(:'withoutRowSecurity') AS e (schema text, "table" text);
INSERT INTO slipway_default
SELECT nullif(e.schema, '*'), coalesce(e.creator, :'owner'), CASE e.objects WHEN 'sequences' THEN 'S' WHEN 'functions' THEN 'f' WHEN 'types' THEN 'T' ELSE 'r' END, e.role, unnest(e.privileges)
FROM jsonb_to_recordset(:'defaultPrivileges') AS e (schema text, creator text, objects text, role text, privileges text[]);

