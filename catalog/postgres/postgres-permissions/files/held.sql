CREATE TEMPORARY TABLE slipway_problem (severity text, message text, hint text);
CREATE TEMPORARY TABLE slipway_count (given int, taken int, row_security int);
INSERT INTO slipway_count VALUES (0, 0, 0);
CREATE TEMPORARY TABLE slipway_want (kind text, object oid, part int, creator oid, grantee oid, privilege text, PRIMARY KEY (kind, object, part, creator, grantee, privilege));
-- Tables with row rules that are not in place: nobody is let in.
CREATE TEMPORARY TABLE slipway_withheld (relation oid PRIMARY KEY, reported boolean);

-- Whether this session has the rights of a role: as its member, or as superuser.
CREATE FUNCTION pg_temp.slipway_acts_for(role oid) RETURNS boolean LANGUAGE sql AS $f$
  SELECT pg_has_role(role, 'USAGE')
$f$;

-- Memory of the roles that were given something: the comment of a schema that only this role or a superuser can write. Comments run no
-- code; a table, its triggers and its column types could be somebody else's.
CREATE FUNCTION pg_temp.slipway_memories() RETURNS TABLE (schema oid, writable boolean, roles text) LANGUAGE sql AS $f$
  SELECT n.oid, CASE WHEN (SELECT s.pass FROM pg_temp.slipway_setting s) = 'first' THEN o.rolsuper ELSE o.rolname IN (current_user, 'pg_database_owner') END,
    substr(obj_description(n.oid, 'pg_namespace'), 10)
  FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner
  WHERE obj_description(n.oid, 'pg_namespace') LIKE 'slipway: {%'
    AND (o.rolsuper OR o.rolname IN (current_user, 'pg_database_owner') OR o.oid = (SELECT d.datdba FROM pg_database d WHERE d.datname = current_database()))
$f$;

CREATE TEMPORARY TABLE slipway_remembered (role_name text PRIMARY KEY);
DO $slipway$
DECLARE
  e record;
BEGIN
  FOR e IN SELECT m.roles FROM pg_temp.slipway_memories() m LOOP
    BEGIN
      INSERT INTO pg_temp.slipway_remembered SELECT unnest(e.roles::text[]) ON CONFLICT DO NOTHING;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'a comment that should list roles was changed by hand: %', e.roles;
    END;
  END LOOP;
  -- Earlier versions kept a table. One of another role is not read.
  IF EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute t ON t.attrelid = c.oid WHERE n.nspname = 'slipway' AND c.relname = 'granted_role' AND c.relkind = 'r'
      AND c.relowner = (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user) AND t.attname = 'role_name' AND t.atttypid = 'text'::regtype
  ) THEN
    INSERT INTO pg_temp.slipway_remembered SELECT g.role_name FROM slipway.granted_role g ON CONFLICT DO NOTHING;
  END IF;
END
$slipway$;

CREATE FUNCTION pg_temp.slipway_grantees() RETURNS TABLE (grantee oid) LANGUAGE sql AS $f$
  SELECT r.oid FROM pg_roles r
  WHERE (r.rolname IN (SELECT m.role_name FROM pg_temp.slipway_role m) OR r.rolname IN (SELECT s.role_name FROM pg_temp.slipway_remembered s)) AND NOT r.rolsuper
  UNION SELECT 0::oid
$f$;

-- Schemas in which operators and functions are found by what stands in a query. Without USAGE of them a comparison of citext is one of
-- text, and nothing says so. Only what a superuser or the owner of the database put there counts.
CREATE FUNCTION pg_temp.slipway_operator_schemas() RETURNS TABLE (schema oid) LANGUAGE sql AS $f$
  WITH trusted AS (
    SELECT r.oid FROM pg_roles r WHERE r.rolsuper OR r.oid = (SELECT d.datdba FROM pg_database d WHERE d.datname = current_database())
  ), member AS (
    SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid
    WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass AND x.extowner IN (SELECT t.oid FROM trusted t)
  ), used AS (
    SELECT o.oprnamespace AS schema FROM pg_operator o WHERE o.oprowner IN (SELECT t.oid FROM trusted t)
    UNION SELECT p.pronamespace FROM pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
    UNION SELECT y.typnamespace FROM pg_type y JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = y.oid
  )
  SELECT u.schema FROM used u JOIN pg_namespace n ON n.oid = u.schema WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
$f$;

-- Everything that has permissions. What PUBLIC has counts where it opens something: not in extensions, which say themselves who may use
-- them, nor for functions that run with the rights of who calls them.
CREATE FUNCTION pg_temp.slipway_objects() RETURNS TABLE (kind text, object oid, part int, creator oid, owner oid, acl aclitem[], public_counts boolean) LANGUAGE sql AS $f$
  WITH member AS (
    SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass
  ), schema_of AS (
    SELECT n.oid, n.nspowner, n.nspacl, n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_namespace'::regclass AND m.objid = n.oid) AS own
    FROM pg_namespace n WHERE n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp\_%'
  ), relation AS (
    SELECT c.oid, c.relacl, c.relowner, c.relkind, s.own AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid) AS own
    FROM pg_class c JOIN schema_of s ON s.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  )
  SELECT 'database', d.oid, 0, 0::oid, d.datdba, coalesce(d.datacl, acldefault('d', d.datdba)), true FROM pg_database d WHERE d.datname = current_database()
  UNION ALL SELECT 'schema', s.oid, 0, 0, s.nspowner, s.nspacl, s.own FROM schema_of s
  UNION ALL SELECT CASE r.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, r.oid, 0, 0, r.relowner, r.relacl, r.own FROM relation r
  UNION ALL SELECT 'column', r.oid, t.attnum, 0, r.relowner, t.attacl, r.own
    FROM relation r JOIN pg_attribute t ON t.attrelid = r.oid AND t.attnum > 0 AND NOT t.attisdropped AND t.attacl IS NOT NULL
  UNION ALL SELECT 'function', p.oid, 0, 0, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)),
      s.own AND (p.prosecdef OR NOT l.lanpltrusted) AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
    FROM pg_proc p JOIN schema_of s ON s.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang WHERE p.proacl IS NOT NULL OR p.prosecdef OR s.own
  UNION ALL SELECT 'type', y.oid, 0, 0, y.typowner, y.typacl, false FROM pg_type y JOIN schema_of s ON s.oid = y.typnamespace WHERE y.typacl IS NOT NULL
  UNION ALL SELECT 'language', l.oid, 0, 0, l.lanowner, l.lanacl, false FROM pg_language l
  UNION ALL SELECT 'foreign data wrapper', w.oid, 0, 0, w.fdwowner, w.fdwacl, true FROM pg_foreign_data_wrapper w
  UNION ALL SELECT 'foreign server', v.oid, 0, 0, v.srvowner, v.srvacl, true FROM pg_foreign_server v
  UNION ALL SELECT 'large object', b.oid, 0, 0, b.lomowner, b.lomacl, true FROM pg_largeobject_metadata b
  -- Every new function is everybody's and every new type too, with or without an entry here.
  UNION ALL SELECT 'default ' || f.defaclobjtype::text, f.defaclnamespace, 0, f.defaclrole, f.defaclrole, f.defaclacl, f.defaclobjtype NOT IN ('f', 'T') FROM pg_default_acl f
$f$;

-- What the roles and PUBLIC hold now. Owners are left out: what they may do comes with the ownership.
CREATE FUNCTION pg_temp.slipway_have() RETURNS TABLE (kind text, object oid, part int, creator oid, grantee oid, privilege text, grantable boolean, grantor oid, owner oid) LANGUAGE sql AS $f$
  SELECT o.kind, o.object, o.part, o.creator, a.grantee, a.privilege_type, a.is_grantable, a.grantor, o.owner
  FROM pg_temp.slipway_objects() o, aclexplode(o.acl) a
  WHERE a.grantee IN (SELECT g.grantee FROM pg_temp.slipway_grantees() g) AND a.grantee <> o.owner AND (a.grantee <> 0 OR o.public_counts)
    AND NOT (a.grantee = 0 AND o.kind = 'schema' AND a.privilege_type = 'USAGE' AND o.object IN (SELECT s.schema FROM pg_temp.slipway_operator_schemas() s))
$f$;

CREATE FUNCTION pg_temp.slipway_role_name(role oid) RETURNS text LANGUAGE sql AS $f$
  SELECT CASE role WHEN 0 THEN 'PUBLIC' ELSE (SELECT quote_ident(r.rolname) FROM pg_roles r WHERE r.oid = role) END
$f$;

-- The statement that gives or takes one privilege. Every name in it comes from the system catalogs, quoted by format.
CREATE FUNCTION pg_temp.slipway_statement(verb text, kind text, object oid, part int, creator oid, grantee oid, privilege text) RETURNS text LANGUAGE sql AS $f$
  SELECT CASE WHEN kind LIKE 'default %' THEN 'ALTER DEFAULT PRIVILEGES FOR ROLE ' || pg_temp.slipway_role_name(creator)
      || CASE object WHEN 0 THEN '' ELSE format(' IN SCHEMA %I', (SELECT n.nspname FROM pg_namespace n WHERE n.oid = object)) END || ' ' ELSE '' END
    || verb || ' ' || privilege
    || CASE kind
      WHEN 'database' THEN format(' ON DATABASE %I', current_database())
      WHEN 'schema' THEN format(' ON SCHEMA %I', (SELECT n.nspname FROM pg_namespace n WHERE n.oid = object))
      WHEN 'function' THEN ' ON ROUTINE ' || object::regprocedure
      WHEN 'type' THEN (SELECT format(' ON TYPE %I.%I', n.nspname, y.typname) FROM pg_type y JOIN pg_namespace n ON n.oid = y.typnamespace WHERE y.oid = object)
      WHEN 'language' THEN (SELECT format(' ON LANGUAGE %I', l.lanname) FROM pg_language l WHERE l.oid = object)
      WHEN 'foreign data wrapper' THEN (SELECT format(' ON FOREIGN DATA WRAPPER %I', w.fdwname) FROM pg_foreign_data_wrapper w WHERE w.oid = object)
      WHEN 'foreign server' THEN (SELECT format(' ON FOREIGN SERVER %I', v.srvname) FROM pg_foreign_server v WHERE v.oid = object)
      WHEN 'large object' THEN ' ON LARGE OBJECT ' || object
      WHEN 'default r' THEN ' ON TABLES'
      WHEN 'default S' THEN ' ON SEQUENCES'
      WHEN 'default f' THEN ' ON ROUTINES'
      WHEN 'default T' THEN ' ON TYPES'
      WHEN 'default n' THEN ' ON SCHEMAS'
      WHEN 'default L' THEN ' ON LARGE OBJECTS'
      ELSE CASE WHEN kind = 'column' THEN format(' (%I)', (SELECT t.attname FROM pg_attribute t WHERE t.attrelid = object AND t.attnum = part)) ELSE '' END
        || CASE kind WHEN 'sequence' THEN ' ON SEQUENCE ' ELSE ' ON TABLE ' END
        || (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = object) END
    || CASE verb WHEN 'GRANT' THEN ' TO ' ELSE ' FROM ' END || pg_temp.slipway_role_name(grantee)
    || CASE WHEN verb LIKE 'REVOKE%' AND kind NOT LIKE 'default %' THEN ' CASCADE' ELSE '' END
$f$;

-- Runs a statement for itself: what is refused is reported at the end and stops nothing.
CREATE FUNCTION pg_temp.slipway_try(statement text) RETURNS boolean LANGUAGE plpgsql AS $f$
BEGIN
  EXECUTE statement;
  RETURN true;
EXCEPTION WHEN OTHERS THEN
  INSERT INTO pg_temp.slipway_problem VALUES ('error', statement || ': ' || SQLERRM, CASE SQLSTATE WHEN '55P03' THEN 'Somebody holds a lock on the object; it is tried again.' END);
  RETURN false;
END
$f$;

-- A policy as the catalogs hold it: what was changed by hand is noticed, whatever the session prints dates like.
CREATE FUNCTION pg_temp.slipway_policy_state(policy oid) RETURNS text LANGUAGE sql
SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET timezone = 'UTC' SET extra_float_digits = 1 SET bytea_output = 'hex' SET quote_all_identifiers = off AS $f$
  SELECT 'slipway ' || md5(concat_ws('|', p.polcmd, p.polpermissive, p.polroles, pg_get_expr(p.polqual, p.polrelid), '|', pg_get_expr(p.polwithcheck, p.polrelid)))
  FROM pg_policy p WHERE p.oid = policy
$f$;

