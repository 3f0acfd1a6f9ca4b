-- An account for nodes and commands that reads and writes rows and changes no table, no trigger and no version (ASVS 13.2.2).
-- Once, by the account that owns the database and its tables, which alone runs `cet migrate` from then on:
--   createuser --pwprompt cet_serve
--   psql -v ON_ERROR_STOP=1 -d cet -f serving.sql
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO cet_serve;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO cet_serve;
REVOKE INSERT, UPDATE, DELETE ON schema_migration FROM cet_serve;
-- What a later version adds.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO cet_serve;
