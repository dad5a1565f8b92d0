-- How many statements of the corpus are attributed to their patch.
DROP EVENT TRIGGER versioning_changes;
DROP EVENT TRIGGER versioning_drops;
SELECT expected, count(*) AS statements,
       count(*) FILTER (WHERE attributed) AS attributed
  FROM statements GROUP BY expected ORDER BY expected;

SET client_min_messages = warning;
DROP TABLE statements, there;
DROP FUNCTION attributed(), nothing(), failed(), lost(), expect(text);
DROP EXTENSION versioning;
DROP OWNED BY regress_versioning_owner;
DROP ROLE regress_versioning_owner;
DROP SCHEMA corpus CASCADE;
