-- The rules of the owner's tables are made in a session of the owner: its functions and types are never read as superuser.
\getenv slipway_owner_password OWNER_PASSWORD
\if :{?slipway_owner_password}
\setenv PGPASSWORD :slipway_owner_password
\endif
SELECT :'owner' AS slipway_owner \gset
\connect - :slipway_owner

