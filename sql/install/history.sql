-- What happened to the register: a row for each patch that was applied or taken
-- back. See history.c.

CREATE TABLE _v.history (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event             text        NOT NULL,
    patch_name        text,
    requires          text[],
    conflicts         text[],
    happened_at       timestamptz NOT NULL,
    role_name         text,
    session_role_name text,
    transaction_id    xid8,
    application_name  text,
    client_address    inet,
    os_user           text,
    host              text,
    source_file       text,
    source_sha256     text,
    revision          text,
    command           text,
    job_name          text
);

-- Nobody changes what happened, nor adds to it by hand; only a new journal takes
-- the rows of a dump, and only a superuser replicates. See
-- src/guard/append_only.c.

CREATE FUNCTION _v.refuse_to_forge() RETURNS trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_refuse_to_forge';

CREATE FUNCTION _v.refuse_to_forget() RETURNS trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_refuse_to_forget';

CREATE TRIGGER add_only_by_function
    BEFORE INSERT ON _v.history
    FOR EACH ROW EXECUTE FUNCTION _v.refuse_to_forge();
ALTER TABLE _v.history ENABLE ALWAYS TRIGGER add_only_by_function;
CREATE TRIGGER append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON _v.history
    FOR EACH STATEMENT EXECUTE FUNCTION _v.refuse_to_forget();
ALTER TABLE _v.history ENABLE ALWAYS TRIGGER append_only;
CREATE TRIGGER append_only_in_replica
    BEFORE UPDATE OR DELETE ON _v.history
    FOR EACH ROW EXECUTE FUNCTION _v.refuse_to_forget();
ALTER TABLE _v.history ENABLE REPLICA TRIGGER append_only_in_replica;

-- The sequence of the ids is not dumped: whoever dumps a database may not read
-- it, and the extension finds out itself where to go on.

SELECT pg_extension_config_dump('_v.history', '');

-- The patches of a register that is taken over.

CREATE FUNCTION _v.adopt_patches() RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_adopt_patches';
SELECT _v.adopt_patches();
DROP FUNCTION _v.adopt_patches();

COMMENT ON TABLE _v.history IS
'What happened to the register of patches: a row for each event, written in the transaction of the event. It is append-only: only the functions of the extension add rows, past triggers and row-level security, and no role needs a privilege for that. INSERT and COPY are for restoring a dump, before the first row is written here.';
COMMENT ON COLUMN _v.history.id IS
'Number of the event, in the order in which patches were registered; registrations that were rolled back leave gaps.';
COMMENT ON COLUMN _v.history.event IS
'What happened: ''applied'', ''resumed'' (it was unfinished, and the rest of it begins), ''taken back'', ''adopted'' (found in the register when CREATE EXTENSION took it over), ''marked'' or ''unmarked'' (put into the register or taken out of it, and nothing was run), ''accepted'' (its file has changed, and that is fine), ''guard bypassed'', or, of a job of the patch, ''job started'', ''job paused'', ''job resumed'', ''job failed'', ''job done'' or ''job canceled''.';
COMMENT ON COLUMN _v.history.patch_name IS
'Name of the patch. NULL where the guard was bypassed.';
COMMENT ON COLUMN _v.history.requires IS
'Names of the patches that it required.';
COMMENT ON COLUMN _v.history.conflicts IS
'Names of the patches that it conflicted with.';
COMMENT ON COLUMN _v.history.happened_at IS
'Clock time of the event. For an adopted patch, the time of the adoption; when it was applied is in _v.patches.';
COMMENT ON COLUMN _v.history.role_name IS
'Role that did it (current_user). For an adopted patch, the one that the register names.';
COMMENT ON COLUMN _v.history.session_role_name IS
'Role that the session had logged in as (session_user). NULL if that was dropped meanwhile.';
COMMENT ON COLUMN _v.history.transaction_id IS
'Transaction that did it, by the count of the cluster in which it ran.';
COMMENT ON COLUMN _v.history.application_name IS
'application_name of the session.';
COMMENT ON COLUMN _v.history.client_address IS
'Address of the client. NULL for a Unix-domain socket.';
COMMENT ON COLUMN _v.history.os_user IS
'User of the operating system who ran the program, if that said so with SET versioning.os_user.';
COMMENT ON COLUMN _v.history.host IS
'Machine on which it ran, if it said so with SET versioning.host.';
COMMENT ON COLUMN _v.history.source_file IS
'File that the session was running, if it said so with SET versioning.source_file.';
COMMENT ON COLUMN _v.history.source_sha256 IS
'SHA-256 of that file, if the session said so with SET versioning.source_sha256.';
COMMENT ON COLUMN _v.history.revision IS
'What the version control called the state of that file, if the session said so with SET versioning.revision.';
COMMENT ON COLUMN _v.history.command IS
'Command that bypassed the guard, and what it changed: ''ALTER TABLE: table public.users''. Its text is not kept, for it may hold a password.';
COMMENT ON COLUMN _v.history.job_name IS
'Name of the job, for an event of one.';
COMMENT ON FUNCTION _v.refuse_to_forge() IS
'Trigger function that keeps INSERT and COPY from _v.history and the like.
Raises 42501, unless the extension has not written any row to them yet, or
a superuser replicates. Locks both tables in ROW EXCLUSIVE mode.';
COMMENT ON FUNCTION _v.refuse_to_forget() IS
'Trigger function that keeps the rows of _v.history and the like as they are.
Raises 42501 on UPDATE, DELETE and TRUNCATE, but where a superuser
replicates the row.';

-- The patch that a session is in. See src/history/current.c.

CREATE FUNCTION _v.current_patch() RETURNS text
LANGUAGE c PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'versioning_current_patch';

COMMENT ON FUNCTION _v.current_patch() IS
'The patch that this session is in.
Returns its name from when it is registered or unregistered until the
transaction ends or that is rolled back; otherwise NULL. Outside a
transaction block it stays until the next patch, or DISCARD ALL, as long as
its row of _v.history is there.
Raises nothing. For such a patch, it locks _v.history as SELECT does.';

-- The patches that sessions are in outside a transaction block: while one
-- of these stays for its session, that holds a lock on an object, which has
-- the OID of the history and the lower half of the row's number. The view does
-- not belong to the installer, who could put another one in its place for
-- superusers to read.

CREATE VIEW _v.in_progress AS
SELECT h.patch_name, h.event, l.pid, h.role_name,
       coalesce(nullif(a.application_name, ''), h.application_name)
           AS application_name,
       h.happened_at AS since, h.id AS history_id
  FROM pg_locks AS l
 CROSS JOIN LATERAL (
        SELECT id, event, patch_name, happened_at, role_name, application_name
          FROM _v.history
         WHERE id & 4294967295 = l.objid::bigint
         ORDER BY id DESC LIMIT 1) AS h
  LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
 WHERE l.locktype = 'object' AND l.granted AND l.objsubid = 0
   AND l.classid = '_v.history'::regclass
   AND l.database = (SELECT oid FROM pg_database
                      WHERE datname = current_database());

GRANT SELECT ON _v.in_progress TO PUBLIC;

COMMENT ON VIEW _v.in_progress IS
'Patches that a session has registered or taken back outside a transaction block, and is still in: what comes after that, such as CREATE INDEX CONCURRENTLY, may not have run yet. A row disappears when its session ends, or when the patch is no longer the current one of its session.';
COMMENT ON COLUMN _v.in_progress.patch_name IS
'Name of the patch.';
COMMENT ON COLUMN _v.in_progress.event IS
'What is being done: ''applied'', ''resumed'' or ''taken back''.';
COMMENT ON COLUMN _v.in_progress.pid IS
'Process of the session, as in pg_stat_activity.';
COMMENT ON COLUMN _v.in_progress.role_name IS
'Role that does it, as in _v.history.';
COMMENT ON COLUMN _v.in_progress.application_name IS
'application_name of the session.';
COMMENT ON COLUMN _v.in_progress.since IS
'Clock time of the registration.';
COMMENT ON COLUMN _v.in_progress.history_id IS
'Row of _v.history.';
