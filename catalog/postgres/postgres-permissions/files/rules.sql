-- What a condition of a row rule uses beside its table, or an error when it is not one condition. It is read once without brackets and once
-- within: what closes the bracket, or starts another statement, is refused by one of both. The views are gone again when this returns,
-- with everything that code behind a type could have left behind; as a function with the rights of its owner it cannot change roles.
CREATE FUNCTION pg_temp.slipway_probe(relation oid, item text, condition text, trusted oid[], OUT others text) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
  done boolean := false;
BEGIN
  EXECUTE format(E'CREATE TEMPORARY VIEW slipway_bare AS SELECT 1 AS one FROM %s WHERE %s\n', item, condition);
  EXECUTE format(E'CREATE TEMPORARY VIEW slipway_bracket AS SELECT 1 AS one FROM %s WHERE (%s\n)', item, condition);
  SELECT string_agg(DISTINCT pg_describe_object(d.refclassid, d.refobjid, 0), ', ' ORDER BY pg_describe_object(d.refclassid, d.refobjid, 0)) INTO others
  FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
  WHERE w.ev_class = 'pg_temp.slipway_bracket'::regclass AND NOT (d.refclassid = 'pg_class'::regclass AND d.refobjid IN (w.ev_class, relation))
    AND NOT coalesce(CASE d.refclassid
      WHEN 'pg_proc'::regclass THEN (SELECT p.proowner = ANY (trusted) FROM pg_proc p WHERE p.oid = d.refobjid)
      WHEN 'pg_type'::regclass THEN (SELECT y.typowner = ANY (trusted) FROM pg_type y WHERE y.oid = d.refobjid)
      WHEN 'pg_operator'::regclass THEN (SELECT o.oprowner = ANY (trusted) FROM pg_operator o WHERE o.oid = d.refobjid)
      WHEN 'pg_class'::regclass THEN (SELECT c.relowner = ANY (trusted) FROM pg_class c WHERE c.oid = d.refobjid) END, false);
  done := true;
  RAISE EXCEPTION 'undo';
EXCEPTION WHEN OTHERS THEN
  IF NOT done THEN RAISE; END IF;
END
$f$;
-- The superuser reads a condition with the rights of the owner of the database.
DO $slipway$
DECLARE
  owner_name constant text := (SELECT s.owner_name FROM pg_temp.slipway_setting s JOIN pg_roles r ON r.rolname = s.owner_name AND NOT r.rolsuper);
BEGIN
  IF (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user) AND owner_name IS NOT NULL THEN
    EXECUTE format('ALTER FUNCTION pg_temp.slipway_probe OWNER TO %I', owner_name);
  END IF;
END
$slipway$;

-- Then the row rules, one transaction for each table: it is closed before anything on it is opened, and as a whole or not at all.
CREATE FUNCTION pg_temp.slipway_apply_rules(relation oid, relation_owner oid, item text) RETURNS int LANGUAGE plpgsql AS $f$
DECLARE
  as_superuser constant boolean := (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user);
  owner_name constant text := (SELECT r.rolname FROM pg_roles r WHERE r.oid = relation_owner);
  superusers constant oid[] := (SELECT array_agg(r.oid) FROM pg_roles r WHERE r.rolsuper);
  keep oid[] := '{}';
  changes int := 0;
  e record;
  compared record;
  qual text;
  checked text;
  others text;
  policy_name text;
  policy oid;
BEGIN
  FOR e IN
    SELECT w.* FROM pg_temp.slipway_row w JOIN pg_class c ON c.oid = relation JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = w.schema_name AND c.relname = w.table_name ORDER BY w.id
  LOOP
    qual := e.using_sql;
    IF e.column_name IS NOT NULL THEN
      -- The operator of the type itself: one that is not PostgreSQL's own is not found by the = of the search path.
      SELECT format_type(t.atttypid, t.atttypmod) AS type, coalesce((
        SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname) FROM pg_opclass p JOIN pg_amop a ON a.amopfamily = p.opcfamily AND a.amoplefttype = p.opcintype AND a.amoprighttype = p.opcintype AND a.amopstrategy = 3
        JOIN pg_operator o ON o.oid = a.amopopr JOIN pg_namespace n ON n.oid = o.oprnamespace
        WHERE p.opcintype = t.atttypid AND p.opcdefault AND p.opcmethod = (SELECT m.oid FROM pg_am m WHERE m.amname = 'btree') AND n.nspname <> 'pg_catalog'), '=') AS operator
      INTO compared FROM pg_attribute t WHERE t.attrelid = relation AND t.attname = e.column_name AND t.attnum > 0 AND NOT t.attisdropped;
      IF NOT FOUND THEN RAISE EXCEPTION 'it has no column %', quote_ident(e.column_name); END IF;
      -- Cast to the type of the column so that an index on it is used. Not set, the setting equals nothing.
      qual := CASE e.equals WHEN 'currentUser' THEN format('%I = CURRENT_USER', e.column_name)
        ELSE format('%I %s CAST(nullif(pg_catalog.current_setting(%L, true), %L) AS %s)', e.column_name, compared.operator, e.setting, '', compared.type) END;
    END IF;
    checked := CASE WHEN e.command IN ('SELECT', 'DELETE') THEN NULL ELSE coalesce(e.check_sql, qual) END;
    IF e.command = 'INSERT' THEN qual := NULL; END IF;

    policy_name := 'slipway_' || left(md5(concat_ws('|', e.role_name, e.command, e.restrictive, coalesce(qual, ''), '|', coalesce(checked, ''))), 16);
    SELECT p.oid INTO policy FROM pg_policy p WHERE p.polrelid = relation AND p.polname = policy_name AND obj_description(p.oid, 'pg_policy') = pg_temp.slipway_policy_state(p.oid);
    IF policy IS NULL THEN
      EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', item);
      FOR others IN SELECT x.others FROM unnest(ARRAY[qual, checked]) c (condition), pg_temp.slipway_probe(relation, item, c.condition, superusers) x WHERE c.condition IS NOT NULL LOOP
        IF as_superuser AND others IS NOT NULL THEN
          RAISE EXCEPTION 'a condition uses %, which a superuser does not read for somebody else', others USING HINT = 'Give the table to the owner of the database, in whose session its conditions are read.';
        END IF;
      END LOOP;
      IF as_superuser THEN EXECUTE format('SET LOCAL ROLE %I', owner_name); END IF;
      IF EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = relation AND p.polname = policy_name) THEN EXECUTE format('DROP POLICY %I ON %s', policy_name, item); END IF;
      EXECUTE format('CREATE POLICY %I ON %s AS %s FOR %s TO %I', policy_name, item, CASE WHEN e.restrictive THEN 'RESTRICTIVE' ELSE 'PERMISSIVE' END, e.command, e.role_name)
        || CASE WHEN qual IS NULL THEN '' ELSE format(E' USING (%s\n)', qual) END || CASE WHEN checked IS NULL THEN '' ELSE format(E' WITH CHECK (%s\n)', checked) END;
      SET LOCAL ROLE NONE;
      SELECT p.oid INTO STRICT policy FROM pg_policy p WHERE p.polrelid = relation AND p.polname = policy_name;
      EXECUTE format('COMMENT ON POLICY %I ON %s IS %L', policy_name, item, pg_temp.slipway_policy_state(policy));
      changes := changes + 1;
    END IF;
    keep := keep || policy;
    -- The owner passes by the rules, unless it has one itself.
    IF e.role_name = owner_name AND NOT (SELECT c.relforcerowsecurity FROM pg_class c WHERE c.oid = relation) THEN
      EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', item);
      changes := changes + 1;
    END IF;
  END LOOP;
  IF cardinality(keep) > 0 AND NOT (SELECT c.relrowsecurity FROM pg_class c WHERE c.oid = relation) THEN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', item);
    changes := changes + 1;
  END IF;
  FOR policy_name IN SELECT p.polname FROM pg_policy p WHERE p.polrelid = relation AND p.polname LIKE 'slipway\_%' AND p.oid <> ALL (keep) ORDER BY 1 LOOP
    EXECUTE format('DROP POLICY %I ON %s', policy_name, item);
    changes := changes + 1;
  END LOOP;
  RETURN changes;
END
$f$;

DO $slipway$
DECLARE
  pass constant text := (SELECT s.pass FROM pg_temp.slipway_setting s);
  missing constant text := CASE WHEN (SELECT s.fail_on_missing FROM pg_temp.slipway_setting s) THEN 'error' ELSE 'note' END;
  owner_role constant oid := (SELECT r.oid FROM pg_temp.slipway_setting s JOIN pg_roles r ON r.rolname = s.owner_name AND NOT r.rolsuper);
  e record;
  hint text;
  changes int;
BEGIN
  FOR e IN
    SELECT w.schema_name, w.table_name, format('%I.%I', w.schema_name, w.table_name) AS item, c.oid AS relation, c.relowner, c.relkind
    FROM (SELECT DISTINCT r.schema_name, r.table_name FROM pg_temp.slipway_row r) w
    LEFT JOIN pg_namespace n ON n.nspname = w.schema_name LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.table_name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY 1, 2
  LOOP
    IF e.relation IS NULL THEN
      IF pass <> 'second' THEN INSERT INTO pg_temp.slipway_problem VALUES (missing, format('table %s does not exist (yet): its row rules wait', e.item), NULL); END IF;
      CONTINUE;
    END IF;
    -- The owner of the database makes the rules of its tables in a session of its own, after this one.
    IF pass = 'first' AND coalesce(pg_has_role(owner_role, e.relowner, 'USAGE'), false) THEN
      INSERT INTO pg_temp.slipway_withheld VALUES (e.relation, false);
      CONTINUE;
    END IF;
    CONTINUE WHEN pass = 'second' AND NOT pg_temp.slipway_acts_for(e.relowner);
    BEGIN
      IF e.relkind NOT IN ('r', 'p') THEN RAISE EXCEPTION 'it is no table, and only tables have row security'; END IF;
      changes := pg_temp.slipway_apply_rules(e.relation, e.relowner, e.item);
      UPDATE pg_temp.slipway_count SET row_security = row_security + changes;
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
      IF pg_temp.slipway_acts_for(e.relowner) THEN
        INSERT INTO pg_temp.slipway_problem VALUES ('error', format('the row rules of %s stay as they were: %s', e.item, SQLERRM), nullif(hint, ''));
      ELSE
        -- Rules that are in place already need no right.
        INSERT INTO pg_temp.slipway_problem VALUES ('error', format('the row rules of %s stay as they were: it belongs to %s, whose rights %I does not have', e.item, pg_temp.slipway_role_name(e.relowner), current_user),
          format('ALTER TABLE %s OWNER TO %I, or connectAs: superuser.', e.item, (SELECT s.owner_name FROM pg_temp.slipway_setting s)));
      END IF;
      INSERT INTO pg_temp.slipway_withheld VALUES (e.relation, true);
    END;
    COMMIT;
  END LOOP;

  -- Rules that are no longer declared, and tables that are opened again.
  FOR e IN
    SELECT DISTINCT c.oid AS relation, c.relowner, format('%I.%I', n.nspname, c.relname) AS item FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE p.polname LIKE 'slipway\_%' AND pg_temp.slipway_acts_for(c.relowner)
      AND NOT EXISTS (SELECT FROM pg_temp.slipway_row w WHERE w.schema_name = n.nspname AND w.table_name = c.relname) ORDER BY 3
  LOOP
    BEGIN
      changes := pg_temp.slipway_apply_rules(e.relation, e.relowner, e.item);
      UPDATE pg_temp.slipway_count SET row_security = row_security + changes;
    EXCEPTION WHEN OTHERS THEN
      INSERT INTO pg_temp.slipway_problem VALUES ('error', format('the row rules of %s stay as they were: %s', e.item, SQLERRM), NULL);
    END;
    COMMIT;
  END LOOP;
  FOR e IN
    SELECT format('%I.%I', n.nspname, c.relname) AS item, c.relowner FROM pg_temp.slipway_open o JOIN pg_namespace n ON n.nspname = o.schema_name JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = o.table_name
    WHERE c.relkind IN ('r', 'p') AND (c.relrowsecurity OR c.relforcerowsecurity) ORDER BY 1
  LOOP
    IF pg_temp.slipway_try(format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY', e.item)) THEN UPDATE pg_temp.slipway_count SET row_security = row_security + 1; END IF;
    COMMIT;
  END LOOP;
  INSERT INTO pg_temp.slipway_problem
  SELECT DISTINCT 'warning', format('policy %I on %I.%I is not from the declaration and was left alone', p.polname, n.nspname, c.relname), NULL
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_temp.slipway_row w ON w.schema_name = n.nspname AND w.table_name = c.relname
  WHERE p.polname NOT LIKE 'slipway\_%' AND pass <> 'second';
  INSERT INTO pg_temp.slipway_problem
  SELECT DISTINCT 'warning', format('%I.%I shows its owner no row, since row security is forced and there is no rule for the owner', n.nspname, c.relname),
    format('ALTER TABLE %I.%I NO FORCE ROW LEVEL SECURITY, or give %s a rule.', n.nspname, c.relname, pg_temp.slipway_role_name(c.relowner))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_temp.slipway_row w ON w.schema_name = n.nspname AND w.table_name = c.relname
  WHERE c.relforcerowsecurity AND pass <> 'first' AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND (c.relowner = ANY (p.polroles) OR 0 = ANY (p.polroles)));
END
$slipway$;

