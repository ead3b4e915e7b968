-- Relations that show rows of a table with row security without asking its rules.
CREATE TEMPORARY TABLE slipway_bypass AS
WITH RECURSIVE secured AS (
  SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND (c.relrowsecurity OR EXISTS (SELECT FROM pg_temp.slipway_row w WHERE w.schema_name = n.nspname AND w.table_name = c.relname))
    AND NOT EXISTS (SELECT FROM pg_temp.slipway_open o WHERE o.schema_name = n.nspname AND o.table_name = c.relname)
), below AS (
  SELECT s.oid FROM secured s UNION SELECT i.inhrelid FROM below b JOIN pg_inherits i ON i.inhparent = b.oid
), above AS (
  SELECT s.oid FROM secured s UNION SELECT i.inhparent FROM above a JOIN pg_inherits i ON i.inhrelid = a.oid
), reads AS (
  SELECT DISTINCT w.ev_class AS view, d.refobjid AS relation FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class AND c.relkind IN ('v', 'm')
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> w.ev_class
), through AS (
  SELECT b.oid FROM below b UNION SELECT a.oid FROM above a UNION SELECT r.view FROM through t JOIN reads r ON r.relation = t.oid
)
SELECT c.oid AS relation, CASE
    WHEN c.relkind = 'f' THEN 'is a foreign table, which is read with the login of its server'
    WHEN c.relkind = 'm' THEN 'holds rows of a table with row rules'
    WHEN c.relkind = 'v' THEN 'shows a table with row rules with the rights of its owner; security_invoker = true would ask them'
    WHEN c.relispartition THEN 'is a partition, to which the row rules of its table do not apply'
    ELSE 'inherits from a table with row rules, or to one, and has none itself' END AS reason
FROM pg_class c
WHERE c.relkind = 'f' OR c.relispartition
  OR (c.relkind = 'm' AND c.oid IN (SELECT t.oid FROM through t))
  OR (c.relkind = 'v' AND c.oid IN (SELECT t.oid FROM through t)
    AND NOT EXISTS (SELECT FROM pg_options_to_table(c.reloptions) o WHERE o.option_name = 'security_invoker' AND o.option_value::boolean))
  OR (c.relkind IN ('r', 'p') AND c.oid NOT IN (SELECT s.oid FROM secured s) AND (c.oid IN (SELECT b.oid FROM below b) OR c.oid IN (SELECT a.oid FROM above a)));

-- What should be: the declaration, with the objects that there are.
DO $slipway$
DECLARE
  missing constant text := CASE WHEN (SELECT s.fail_on_missing FROM pg_temp.slipway_setting s) THEN 'error' ELSE 'note' END;
  everywhere constant boolean := (SELECT s.pass FROM pg_temp.slipway_setting s) <> 'second';
BEGIN
  CREATE TEMPORARY TABLE slipway_target AS
  SELECT g.id, g.kind, d.oid AS object, 0 AS part, d.datdba AS owner, NULL::text AS reason FROM pg_temp.slipway_grant g, pg_database d WHERE g.kind = 'database' AND d.datname = current_database()
  UNION ALL SELECT g.id, g.kind, n.oid, 0, n.nspowner, NULL FROM pg_temp.slipway_grant g JOIN pg_namespace n ON n.nspname = g.schema_name WHERE g.kind = 'schema'
  UNION ALL SELECT g.id, CASE WHEN g.column_name IS NULL THEN g.kind ELSE 'column' END, c.oid, coalesce(t.attnum, 0), c.relowner, b.reason
    FROM pg_temp.slipway_grant g JOIN pg_namespace n ON n.nspname = g.schema_name
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind = ANY (CASE g.kind WHEN 'sequence' THEN '{S}' ELSE '{r,p,v,m,f}' END::"char"[])
      AND (c.relname = g.object_name OR (g.object_name = '*' AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')))
    LEFT JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = g.column_name AND t.attnum > 0 AND NOT t.attisdropped
    LEFT JOIN pg_temp.slipway_bypass b ON b.relation = c.oid
    WHERE g.kind IN ('table', 'sequence') AND (g.column_name IS NULL OR t.attnum IS NOT NULL)
  UNION ALL SELECT g.id, g.kind, p.oid, 0, p.proowner, NULL FROM pg_temp.slipway_grant g JOIN pg_namespace n ON n.nspname = g.schema_name JOIN pg_proc p ON p.pronamespace = n.oid AND p.proname = g.object_name
    WHERE g.kind = 'function'
  UNION ALL SELECT g.id, g.kind, y.oid, 0, y.typowner, NULL FROM pg_temp.slipway_grant g JOIN pg_namespace n ON n.nspname = g.schema_name JOIN pg_type y ON y.typnamespace = n.oid AND y.typname = g.object_name
    WHERE g.kind = 'type';

  IF everywhere THEN
    INSERT INTO pg_temp.slipway_problem
    SELECT DISTINCT missing, format('%s %s does not exist (yet)', g.kind, quote_ident(g.schema_name) || coalesce('.' || quote_ident(g.object_name), '') || coalesce(' with the column ' || quote_ident(g.column_name), '')), NULL
    FROM pg_temp.slipway_grant g WHERE coalesce(g.object_name, '') <> '*' AND NOT EXISTS (SELECT FROM pg_temp.slipway_target t WHERE t.id = g.id);
    INSERT INTO pg_temp.slipway_problem
    SELECT DISTINCT missing, format('schema %I does not exist (yet)', g.schema_name), NULL::text FROM (
      SELECT g.schema_name FROM pg_temp.slipway_grant g WHERE g.object_name = '*' UNION SELECT d.schema_name FROM pg_temp.slipway_default d WHERE d.schema_name IS NOT NULL
    ) g WHERE to_regnamespace(quote_ident(g.schema_name)) IS NULL;
    -- The roles are made by the operator; until it has made them this fails and is tried again.
    INSERT INTO pg_temp.slipway_problem
    SELECT 'error', format('role %I does not exist (yet)', m.role_name), NULL FROM (
      SELECT r.role_name FROM pg_temp.slipway_role r UNION SELECT d.creator_name FROM pg_temp.slipway_default d
    ) m WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = m.role_name);
    -- What * passes over, and what is named although it passes by row rules.
    INSERT INTO pg_temp.slipway_problem
    SELECT DISTINCT CASE g.object_name WHEN '*' THEN 'note' ELSE 'warning' END,
      format(CASE g.object_name WHEN '*' THEN '%I.%I is not part of *: it %s' ELSE '%I.%I passes by row rules: it %s' END, g.schema_name, c.relname, t.reason), NULL
    FROM pg_temp.slipway_target t JOIN pg_temp.slipway_grant g ON g.id = t.id JOIN pg_class c ON c.oid = t.object WHERE t.reason IS NOT NULL;
    INSERT INTO pg_temp.slipway_problem
    SELECT DISTINCT 'warning', format('%I.%I is not part of *: it belongs to %s', g.schema_name, c.relname, pg_temp.slipway_role_name(t.owner)), NULL
    FROM pg_temp.slipway_target t JOIN pg_temp.slipway_grant g ON g.id = t.id JOIN pg_class c ON c.oid = t.object
    WHERE g.object_name = '*' AND t.reason IS NULL AND NOT pg_temp.slipway_acts_for(t.owner);
  END IF;
  DELETE FROM pg_temp.slipway_target t USING pg_temp.slipway_grant g WHERE g.id = t.id AND g.object_name = '*' AND (t.reason IS NOT NULL OR NOT pg_temp.slipway_acts_for(t.owner));

  INSERT INTO pg_temp.slipway_want
  SELECT DISTINCT t.kind, t.object, t.part, 0::oid, r.oid, g.privilege FROM pg_temp.slipway_target t JOIN pg_temp.slipway_grant g ON g.id = t.id JOIN pg_roles r ON r.rolname = g.role_name
  WHERE r.oid <> t.owner;
  -- A column may draw its value from a sequence, which has permissions of its own.
  INSERT INTO pg_temp.slipway_want
  SELECT DISTINCT 'sequence', s.oid, 0, 0::oid, r.oid, 'USAGE'
  FROM (
    SELECT x.refobjid AS relation, x.objid AS sequence FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.refclassid = 'pg_class'::regclass AND x.deptype = 'a'
    UNION SELECT a.adrelid, x.refobjid FROM pg_attrdef a JOIN pg_depend x ON x.classid = 'pg_attrdef'::regclass AND x.objid = a.oid AND x.refclassid = 'pg_class'::regclass
  ) u JOIN pg_class s ON s.oid = u.sequence AND s.relkind = 'S'
  JOIN pg_temp.slipway_target t ON t.object = u.relation JOIN pg_temp.slipway_grant g ON g.id = t.id AND g.kind = 'table' AND g.privilege = 'INSERT' JOIN pg_roles r ON r.rolname = g.role_name
  WHERE r.oid <> s.relowner AND pg_temp.slipway_acts_for(s.relowner) ON CONFLICT DO NOTHING;
  INSERT INTO pg_temp.slipway_want
  SELECT DISTINCT 'default ' || d.objects, coalesce(n.oid, 0), 0, c.oid, r.oid, d.privilege FROM pg_temp.slipway_default d LEFT JOIN pg_namespace n ON n.nspname = d.schema_name
  JOIN pg_roles c ON c.rolname = d.creator_name JOIN pg_roles r ON r.rolname = d.role_name WHERE r.oid <> c.oid AND (d.schema_name IS NULL OR n.oid IS NOT NULL);
  -- Whoever has something in a schema finds it there.
  INSERT INTO pg_temp.slipway_want
  SELECT DISTINCT 'schema', n.oid, 0, 0::oid, r.oid, 'USAGE' FROM (
    SELECT g.schema_name, g.role_name FROM pg_temp.slipway_grant g WHERE g.kind NOT IN ('database', 'schema') UNION SELECT d.schema_name, d.role_name FROM pg_temp.slipway_default d
  ) u JOIN pg_namespace n ON n.nspname = u.schema_name JOIN pg_roles r ON r.rolname = u.role_name WHERE r.oid <> n.nspowner AND n.nspname <> 'pg_catalog' ON CONFLICT DO NOTHING;
  INSERT INTO pg_temp.slipway_want
  SELECT DISTINCT 'schema', n.oid, 0, 0::oid, w.grantee, 'USAGE' FROM pg_temp.slipway_want w, pg_temp.slipway_operator_schemas() s JOIN pg_namespace n ON n.oid = s.schema
  WHERE w.grantee <> n.nspowner AND NOT has_schema_privilege('public', n.oid, 'USAGE') ON CONFLICT DO NOTHING;
  -- Whoever has a permission may connect; the metrics of the operator need it too.
  INSERT INTO pg_temp.slipway_want SELECT DISTINCT 'database', d.oid, 0, 0::oid, w.grantee, 'CONNECT' FROM pg_temp.slipway_want w, pg_database d
  WHERE d.datname = current_database() AND w.grantee <> d.datdba ON CONFLICT DO NOTHING;
  -- And the owner, while the database is not its own yet.
  INSERT INTO pg_temp.slipway_want
  SELECT 'database', d.oid, 0, 0::oid, r.oid, p.privilege FROM pg_database d, pg_roles r, (
    VALUES ('cnpg_metrics_exporter', 'CONNECT'), ((SELECT s.owner_name FROM pg_temp.slipway_setting s), 'CONNECT'), ((SELECT s.owner_name FROM pg_temp.slipway_setting s), 'TEMPORARY')
  ) p (role_name, privilege)
  WHERE d.datname = current_database() AND r.rolname = p.role_name AND r.oid <> d.datdba AND (
    r.oid IN (SELECT g.grantee FROM pg_temp.slipway_grantees() g) OR NOT EXISTS (SELECT FROM aclexplode(d.datacl) a WHERE a.grantee = r.oid AND a.privilege_type = p.privilege)
  ) ON CONFLICT DO NOTHING;
  IF NOT everywhere THEN
    -- What the session of the superuser left: the owner's tables with row rules.
    DELETE FROM pg_temp.slipway_want w WHERE w.kind NOT IN ('table', 'column') OR NOT EXISTS (
      SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_temp.slipway_row r ON r.schema_name = n.nspname AND r.table_name = c.relname
      WHERE c.oid = w.object AND pg_temp.slipway_acts_for(c.relowner));
  END IF;
END
$slipway$;

