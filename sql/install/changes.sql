-- What each command changed, and with which patch. See src/changes/journal.c.

CREATE TABLE _v.changes (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_id          bigint      NOT NULL,
    history_id        bigint,
    transaction_id    xid8,
    changed_at        timestamptz NOT NULL,
    role_name         text        NOT NULL,
    session_role_name text,
    command_tag       text        NOT NULL,
    object_type       text        NOT NULL,
    schema_name       text,
    identity          text        COLLATE "C" NOT NULL,
    action            text        NOT NULL,
    previous_identity text        COLLATE "C",
    columns           text[]
);

-- An identity may be too long for an index: that of a function with many
-- arguments.
CREATE INDEX changes_identity_idx ON _v.changes
    (hashtextextended(identity, 0), id);
CREATE INDEX changes_first_id_idx ON _v.changes (first_id, id);

CREATE TRIGGER add_only_by_function
    BEFORE INSERT ON _v.changes
    FOR EACH ROW EXECUTE FUNCTION _v.refuse_to_forge();
ALTER TABLE _v.changes ENABLE ALWAYS TRIGGER add_only_by_function;
CREATE TRIGGER append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON _v.changes
    FOR EACH STATEMENT EXECUTE FUNCTION _v.refuse_to_forget();
ALTER TABLE _v.changes ENABLE ALWAYS TRIGGER append_only;
CREATE TRIGGER append_only_in_replica
    BEFORE UPDATE OR DELETE ON _v.changes
    FOR EACH ROW EXECUTE FUNCTION _v.refuse_to_forget();
ALTER TABLE _v.changes ENABLE REPLICA TRIGGER append_only_in_replica;

SELECT pg_extension_config_dump('_v.changes', '');

CREATE FUNCTION _v.record_changes() RETURNS event_trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_record_changes';

COMMENT ON TABLE _v.changes IS
'What each command has changed while the event triggers that call _v.record_changes were on: a row for each object, in the transaction of the command. It is append-only, as _v.history is.';
COMMENT ON COLUMN _v.changes.id IS
'Number of the change, in the order of the changes of an object.';
COMMENT ON COLUMN _v.changes.first_id IS
'Number of the first recorded change of the same object. The rows that share it are the life of one object, through all its names.';
COMMENT ON COLUMN _v.changes.history_id IS
'Row of _v.history of the patch that was being applied or taken back. NULL outside any patch.';
COMMENT ON COLUMN _v.changes.transaction_id IS
'Transaction that did it, by the count of the cluster in which it ran.';
COMMENT ON COLUMN _v.changes.changed_at IS
'Clock time of the change.';
COMMENT ON COLUMN _v.changes.role_name IS
'Role that did it (current_user).';
COMMENT ON COLUMN _v.changes.session_role_name IS
'Role that the session had logged in as (session_user). NULL if that was dropped meanwhile.';
COMMENT ON COLUMN _v.changes.command_tag IS
'Command that did it, as in pg_event_trigger_ddl_commands().';
COMMENT ON COLUMN _v.changes.object_type IS
'Type of the object, as in pg_identify_object().';
COMMENT ON COLUMN _v.changes.schema_name IS
'Schema of the object, if it has one.';
COMMENT ON COLUMN _v.changes.identity IS
'The object, as in pg_identify_object(), after the change.';
COMMENT ON COLUMN _v.changes.action IS
'What was done to it: ''created'', ''altered'' (replaced, commented on, granted and the like included), ''renamed'', ''moved'' (to another schema), or ''dropped''. A life goes on after that if _v.restore_dependents() has created the object again.';
COMMENT ON COLUMN _v.changes.previous_identity IS
'The object before it was renamed or moved: itself, or what its identity has in it (its table, its schema, the type of an argument).';
COMMENT ON COLUMN _v.changes.columns IS
'The columns of a relation or composite type that was created.';
COMMENT ON INDEX _v.changes_identity_idx IS
'Finds the changes of an object by its identity, the latest first.';
COMMENT ON INDEX _v.changes_first_id_idx IS
'Finds the changes of a life, in order.';
COMMENT ON FUNCTION _v.record_changes() IS
'Event trigger function that writes what a command changed to _v.changes.
For event triggers ON ddl_command_end and ON sql_drop.
A failure to write is a WARNING, never an error. Locks _v.changes in ROW
EXCLUSIVE mode until the transaction ends. Needs no privilege.';
