-- First of all, what nobody should have: each for itself, so that one that is refused keeps none of the others.
DO $slipway$
DECLARE
  e record;
  statement text;
  tried text[] := '{}';
  before int;
BEGIN
  IF (SELECT s.pass FROM pg_temp.slipway_setting s) = 'second' THEN RETURN; END IF;
  -- More than once: what somebody else gave on goes when that one can give no longer.
  FOR round IN 1..4 LOOP
    before := cardinality(tried);
    FOR e IN
      SELECT h.*, w.kind IS NOT NULL AS wanted FROM pg_temp.slipway_have() h
      LEFT JOIN pg_temp.slipway_want w ON (w.kind, w.object, w.part, w.creator, w.grantee, w.privilege) = (h.kind, h.object, h.part, h.creator, h.grantee, h.privilege)
      WHERE w.kind IS NULL OR h.grantable
      ORDER BY h.kind, h.object, h.part, h.creator, h.grantee, h.privilege
    LOOP
      CONTINUE WHEN NOT pg_temp.slipway_acts_for(e.owner) AND NOT pg_temp.slipway_acts_for(e.grantor);
      IF pg_temp.slipway_acts_for(e.owner) AND e.grantor <> e.owner AND NOT e.wanted AND e.kind NOT LIKE 'default %' THEN
        statement := pg_temp.slipway_statement('REVOKE GRANT OPTION FOR', e.kind, e.object, e.part, e.creator, e.grantor, e.privilege);
      ELSE
        statement := pg_temp.slipway_statement(CASE WHEN e.wanted THEN 'REVOKE GRANT OPTION FOR' ELSE 'REVOKE' END, e.kind, e.object, e.part, e.creator, e.grantee, e.privilege);
      END IF;
      CONTINUE WHEN statement IS NULL OR statement = ANY (tried);
      tried := tried || statement;
      IF pg_temp.slipway_try(statement) THEN UPDATE pg_temp.slipway_count SET taken = taken + 1; END IF;
      COMMIT;
    END LOOP;
    EXIT WHEN cardinality(tried) = before;
  END LOOP;
END
$slipway$;

