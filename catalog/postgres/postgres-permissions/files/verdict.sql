\if :slipway_any_failed
DO $slipway$
BEGIN
  RAISE EXCEPTION 'not all permissions are as declared; the warnings above say which, and everything else was applied';
END
$slipway$;
\endif
