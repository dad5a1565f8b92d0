-- What became of files that were run, where there is something to say of it that
-- history does not: see src/history/attempts.c.

CREATE TABLE _v.attempts (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action           text        NOT NULL,
    patch_names      text[]      NOT NULL,
    started_at       timestamptz NOT NULL,
    duration         interval    NOT NULL,
    outcome          text        NOT NULL,
    sqlstate         text,
    sessions_waited  int         NOT NULL,
    longest_wait     interval,
    waited_for       text,
    source_file      text,
    history_id       bigint,
    role_name        text        NOT NULL,
    application_name text
);

CREATE TRIGGER add_only_by_function
    BEFORE INSERT ON _v.attempts
    FOR EACH ROW EXECUTE FUNCTION _v.refuse_to_forge();
ALTER TABLE _v.attempts ENABLE ALWAYS TRIGGER add_only_by_function;
CREATE TRIGGER append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON _v.attempts
    FOR EACH STATEMENT EXECUTE FUNCTION _v.refuse_to_forget();
ALTER TABLE _v.attempts ENABLE ALWAYS TRIGGER append_only;
CREATE TRIGGER append_only_in_replica
    BEFORE UPDATE OR DELETE ON _v.attempts
    FOR EACH ROW EXECUTE FUNCTION _v.refuse_to_forget();
ALTER TABLE _v.attempts ENABLE REPLICA TRIGGER append_only_in_replica;

SELECT pg_extension_config_dump('_v.attempts', '');

CREATE FUNCTION _v.note_attempt(
    in_action text,
    in_patch_names text[],
    in_started_at timestamptz,
    in_duration interval,
    in_outcome text,
    in_sqlstate text,
    in_sessions_waited int,
    in_longest_wait interval,
    in_waited_for text,
    in_source_file text,
    in_history_id bigint
) RETURNS bigint
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_note_attempt';

COMMENT ON TABLE _v.attempts IS
'Attempts to apply patches or to take them back that made other sessions wait, or failed: a row for each, written after it in a transaction of its own. It is append-only, as _v.history is.';
COMMENT ON COLUMN _v.attempts.id IS
'Number of the attempt, in the order in which they were noted.';
COMMENT ON COLUMN _v.attempts.action IS
'What was attempted: ''apply'' or ''rollback''.';
COMMENT ON COLUMN _v.attempts.patch_names IS
'Names of the patches of the file.';
COMMENT ON COLUMN _v.attempts.started_at IS
'Clock time at which the file began to be run.';
COMMENT ON COLUMN _v.attempts.duration IS
'How long it ran.';
COMMENT ON COLUMN _v.attempts.outcome IS
'What became of it: ''applied'', ''taken back'', ''failed'', ''interrupted'', or ''cancelled'', because it made others wait too long.';
COMMENT ON COLUMN _v.attempts.sqlstate IS
'SQLSTATE of the error that ended it. NULL if there was none, or it is not known, as for a file that psql runs.';
COMMENT ON COLUMN _v.attempts.sessions_waited IS
'How many sessions were seen to wait for it.';
COMMENT ON COLUMN _v.attempts.longest_wait IS
'How long, at most, the one that waited longest has waited. NULL if none has.';
COMMENT ON COLUMN _v.attempts.waited_for IS
'What it was waiting for itself, shortly before it failed.';
COMMENT ON COLUMN _v.attempts.source_file IS
'File that was run.';
COMMENT ON COLUMN _v.attempts.history_id IS
'Row of _v.history of the first of the patches. NULL if nothing was kept.';
COMMENT ON COLUMN _v.attempts.role_name IS
'Role that noted it (current_user).';
COMMENT ON COLUMN _v.attempts.application_name IS
'application_name of the session that noted it.';
COMMENT ON FUNCTION _v.note_attempt(text, text[], timestamptz, interval, text,
    text, int, interval, text, text, bigint) IS
'Notes an attempt to apply patches or to take them back.
Takes the columns of the row of _v.attempts, and returns its id.
Raises 22004 or 22023 if the action is neither ''apply'' nor ''rollback'';
23502 if another one is NULL that must not be; and what INSERT raises, such as
25006 and 42501.
Needs what register_patch needs, or unregister_patch for a rollback, but
does not wait for them.';
