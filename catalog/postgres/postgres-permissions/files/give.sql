-- Whoever is about to get something is remembered before, so that it can be taken away whatever happens.
CREATE FUNCTION pg_temp.slipway_remember() RETURNS void LANGUAGE plpgsql AS $f$
DECLARE
  pass constant text := (SELECT s.pass FROM pg_temp.slipway_setting s);
  now_roles constant text := (
    SELECT coalesce(array_agg(r.rolname::text ORDER BY r.rolname), '{}')::text FROM pg_roles r
    WHERE r.rolname NOT IN ('cnpg_metrics_exporter', (SELECT s.owner_name FROM pg_temp.slipway_setting s)) AND r.oid IN (SELECT w.grantee FROM pg_temp.slipway_want w UNION SELECT h.grantee FROM pg_temp.slipway_have() h));
  memory record;
  free text := 'slipway';
BEGIN
  SELECT m.schema, m.roles INTO memory FROM pg_temp.slipway_memories() m WHERE m.writable ORDER BY m.schema LIMIT 1;
  IF memory.schema IS NULL THEN
    SELECT n.oid AS schema, NULL::text AS roles INTO memory FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner
    WHERE n.nspname = 'slipway' AND (CASE pass WHEN 'first' THEN o.rolsuper ELSE o.rolname IN (current_user, 'pg_database_owner') END);
  END IF;
  IF memory.schema IS NULL THEN
    FOR i IN 1..1000 LOOP
      EXIT WHEN to_regnamespace(free) IS NULL;
      free := 'slipway_' || i;
    END LOOP;
    -- Who owns the database can write it, also when that is another role tomorrow.
    EXECUTE format('CREATE SCHEMA %I AUTHORIZATION %I', free, CASE pass WHEN 'first' THEN current_user ELSE 'pg_database_owner' END);
    SELECT to_regnamespace(free)::oid AS schema, NULL::text AS roles INTO memory;
  END IF;
  IF memory.roles IS DISTINCT FROM now_roles THEN
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', (SELECT n.nspname FROM pg_namespace n WHERE n.oid = memory.schema), 'slipway: ' || now_roles);
  END IF;
  IF EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner WHERE n.nspname = 'slipway' AND c.relname = 'granted_role' AND c.relkind = 'r' AND r.rolname = current_user) THEN
    DROP TABLE slipway.granted_role;
  END IF;
EXCEPTION WHEN OTHERS THEN
  INSERT INTO pg_temp.slipway_problem VALUES ('error', 'the roles could not be remembered: ' || SQLERRM, NULL);
END
$f$;

DO $slipway$
DECLARE
  e record;
BEGIN
  INSERT INTO pg_temp.slipway_withheld
  SELECT c.oid, true FROM pg_temp.slipway_row w JOIN pg_namespace n ON n.nspname = w.schema_name JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.table_name
  WHERE NOT c.relrowsecurity ON CONFLICT DO NOTHING;
  IF (SELECT s.pass FROM pg_temp.slipway_setting s) <> 'second' THEN PERFORM pg_temp.slipway_remember(); END IF;
  FOR e IN
    SELECT w.* FROM pg_temp.slipway_want w
    WHERE NOT EXISTS (SELECT FROM pg_temp.slipway_have() h WHERE (w.kind, w.object, w.part, w.creator, w.grantee, w.privilege) = (h.kind, h.object, h.part, h.creator, h.grantee, h.privilege))
      AND NOT (w.kind IN ('table', 'column') AND w.object IN (SELECT x.relation FROM pg_temp.slipway_withheld x))
    ORDER BY w.kind, w.object, w.part, w.creator, w.grantee, w.privilege
  LOOP
    IF pg_temp.slipway_try(pg_temp.slipway_statement('GRANT', e.kind, e.object, e.part, e.creator, e.grantee, e.privilege)) THEN UPDATE pg_temp.slipway_count SET given = given + 1; END IF;
    -- One transaction for thousands of tables would need more locks than the server has.
    COMMIT;
  END LOOP;
END
$slipway$;

