-- What the scripts corpus_*.sql need: the recorder is on, and behind each
-- statement they call one of
--
--   attributed()   the statement has rows, and all of them are the patch's
--   nothing()      it has none, for it has changed nothing
--   failed()       it has none, for it was refused
--   lost()         it has changed something, of which nothing is known
--
-- which return the rows, and an objection if it is not so, or if there is
-- something now of which _v.objects does not know the patch.
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS versioning;
CREATE EXTENSION versioning;
CREATE ROLE regress_versioning_owner;
CREATE SCHEMA corpus;
GRANT CREATE ON SCHEMA corpus, public TO regress_versioning_owner;
CREATE TABLE statements (expected text, attributed bool, last_id bigint);
CREATE TABLE there (identity text);

CREATE FUNCTION expect(kind text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    last bigint := coalesce(max(last_id), 0) FROM statements;
    here bigint := max(id) FROM _v.history;
    found bool := count(*) > 0 AND bool_and(history_id = here)
                  FROM _v.changes WHERE id > last;
BEGIN
    INSERT INTO statements
    SELECT kind, found, coalesce(max(id), last) FROM _v.changes;
    IF found IS DISTINCT FROM (kind = 'attributed') THEN
        RETURN NEXT 'NOT ' || kind;
    END IF;
    RETURN QUERY
    SELECT 'UNKNOWN ' || object_type || ' ' || identity
      FROM _v.objects
     WHERE created_by_patch IS NULL AND identity NOT IN (TABLE there);
    INSERT INTO there
    SELECT identity FROM _v.objects WHERE created_by_patch IS NULL;
    RETURN QUERY
    SELECT format('    %s %s %s%s', action, object_type, identity,
                  ' from ' || previous_identity)
      FROM _v.changes WHERE id > last
     ORDER BY action = 'dropped' DESC, identity, object_type;
END
$$;
CREATE FUNCTION attributed() RETURNS SETOF text LANGUAGE sql
    AS $$SELECT public.expect('attributed')$$;
CREATE FUNCTION nothing() RETURNS SETOF text LANGUAGE sql
    AS $$SELECT public.expect('nothing')$$;
CREATE FUNCTION failed() RETURNS SETOF text LANGUAGE sql
    AS $$SELECT public.expect('failed')$$;
CREATE FUNCTION lost() RETURNS SETOF text LANGUAGE sql
    AS $$SELECT public.expect('lost')$$;
INSERT INTO there SELECT identity FROM _v.objects;

CREATE EVENT TRIGGER versioning_changes ON ddl_command_end
    EXECUTE FUNCTION _v.record_changes();
CREATE EVENT TRIGGER versioning_drops ON sql_drop
    EXECUTE FUNCTION _v.record_changes();
