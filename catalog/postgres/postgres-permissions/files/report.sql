-- GRANT and REVOKE only warn when they could not: what is not as declared is found by looking again.
CREATE FUNCTION pg_temp.slipway_reaches(grantee oid, kind text, object oid) RETURNS boolean LANGUAGE sql AS $f$
  SELECT coalesce((
    SELECT bool_or(has_schema_privilege(g.grantee, s.schema, 'USAGE')) FROM (
      SELECT c.relnamespace AS schema FROM pg_class c WHERE kind IN ('table', 'column', 'sequence') AND c.oid = object
      UNION ALL SELECT p.pronamespace FROM pg_proc p WHERE kind = 'function' AND p.oid = object
      UNION ALL SELECT y.typnamespace FROM pg_type y WHERE kind = 'type' AND y.oid = object
    ) s, pg_temp.slipway_grantees() g WHERE slipway_reaches.grantee IN (0, g.grantee)), true)
$f$;

DO $slipway$
DECLARE
  pass constant text := (SELECT s.pass FROM pg_temp.slipway_setting s);
  owner_hint constant text := 'Let the owner of the database own its objects (ALTER … OWNER TO, REASSIGN OWNED), or set connectAs: superuser.';
  e record;
BEGIN
  FOR e IN
    SELECT d.what, d.kind, d.object, d.part, d.creator, d.grantee, d.owner, string_agg(d.privilege, ', ' ORDER BY d.privilege) AS privileges FROM (
      SELECT DISTINCT 'still holds' AS what, h.kind, h.object, h.part, h.creator, h.grantee, h.privilege, h.owner FROM pg_temp.slipway_have() h
      LEFT JOIN pg_temp.slipway_want w ON (w.kind, w.object, w.part, w.creator, w.grantee, w.privilege) = (h.kind, h.object, h.part, h.creator, h.grantee, h.privilege)
      WHERE pass <> 'second' AND (h.grantable OR w.kind IS NULL)
      UNION ALL
      SELECT 'was not given', w.kind, w.object, w.part, w.creator, w.grantee, w.privilege,
        CASE w.creator WHEN 0 THEN (SELECT min(o.owner) FROM pg_temp.slipway_objects() o WHERE o.kind = replace(w.kind, 'column', 'table') AND o.object = w.object) ELSE w.creator END
      FROM pg_temp.slipway_want w
      WHERE w.grantee IN (SELECT g.grantee FROM pg_temp.slipway_grantees() g)
        AND NOT (w.kind IN ('table', 'column') AND w.object IN (SELECT x.relation FROM pg_temp.slipway_withheld x WHERE NOT x.reported))
        AND NOT EXISTS (SELECT FROM pg_temp.slipway_have() h WHERE (w.kind, w.object, w.part, w.creator, w.grantee, w.privilege) = (h.kind, h.object, h.part, h.creator, h.grantee, h.privilege))
    ) d GROUP BY 1, 2, 3, 4, 5, 6, 7
  LOOP
    -- What a role does with its own objects is not in the hands of the owner of the database, and must not stop it; nor what nobody reaches.
    INSERT INTO pg_temp.slipway_problem VALUES (
      CASE WHEN e.what = 'still holds' AND NOT pg_temp.slipway_acts_for(e.owner)
        AND (e.owner IN (SELECT g.grantee FROM pg_temp.slipway_grantees() g) OR NOT pg_temp.slipway_reaches(e.grantee, e.kind, e.object)) THEN 'warning' ELSE 'error' END,
      format('%s %s: %s (it belongs to %s)', pg_temp.slipway_role_name(e.grantee), e.what,
        regexp_replace(pg_temp.slipway_statement('GRANT', e.kind, e.object, e.part, e.creator, e.grantee, e.privileges), 'GRANT ', ''), pg_temp.slipway_role_name(e.owner)),
      CASE WHEN pg_temp.slipway_acts_for(e.owner) THEN NULL ELSE owner_hint END);
  END LOOP;

  FOR e IN SELECT DISTINCT p.severity, p.message, p.hint FROM pg_temp.slipway_problem p ORDER BY 1, 2 LOOP
    IF e.severity = 'note' THEN RAISE NOTICE '%', e.message;
    ELSIF e.hint IS NULL THEN RAISE WARNING '%', CASE e.severity WHEN 'error' THEN 'not as declared: ' ELSE '' END || e.message;
    ELSE RAISE WARNING '%', CASE e.severity WHEN 'error' THEN 'not as declared: ' ELSE '' END || e.message USING HINT = e.hint;
    END IF;
  END LOOP;
  SELECT c.* INTO e FROM pg_temp.slipway_count c;
  RAISE NOTICE 'permissions: % given, % taken away, % changes of row security', e.given, e.taken, e.row_security;
END
$slipway$;
SELECT count(*) > 0 AS slipway_failed FROM pg_temp.slipway_problem WHERE severity = 'error' \gset
\if :slipway_failed
\set slipway_any_failed true
\endif
-- Now, not when the server notices the end of the session: until then these would be in the way of REASSIGN OWNED.
DISCARD TEMP;

