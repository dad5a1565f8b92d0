-- Jobs: work on all rows of a table that a patch has left to be done in the
-- background, in batches. See src/jobs/batch.c.
--
-- Keys are kept as text: that of a text[] of the values of the key.

CREATE TABLE _v.job_list (
    job_name          text        PRIMARY KEY,
    patch_name        text        NOT NULL,
    table_name        text        NOT NULL,
    statement         text        NOT NULL,
    check_query       text,
    role_name         text        NOT NULL,
    role_oid          oid         NOT NULL,
    system_identifier bigint      NOT NULL,
    search_path       text        NOT NULL,
    registered_settings text[]    NOT NULL,
    key               text        NOT NULL,
    settings          text[]      NOT NULL,
    state             text        NOT NULL,
    next_size         int4        NOT NULL,
    last_key          text,
    cursor            text,
    handed_out        boolean     NOT NULL,
    pieces            bigint      NOT NULL,
    rows_total        float8,
    rows_done         bigint      NOT NULL,
    batches_done      bigint      NOT NULL,
    run_ms            bigint      NOT NULL,
    registered_at     timestamptz NOT NULL,
    started_at        timestamptz,
    finished_at       timestamptz,
    held_back         text,
    last_error        text
);

CREATE TABLE _v.job_pieces (
    job_name  text    NOT NULL,
    number    bigint  NOT NULL,
    after_key text,
    to_key    text    NOT NULL,
    tries     int4    NOT NULL,
    given_up  boolean NOT NULL,
    error     text,
    PRIMARY KEY (job_name, number)
);

CREATE TABLE _v.job_moved (
    id       uuid    PRIMARY KEY,
    job_name text    NOT NULL,
    key      text    NOT NULL,
    done     boolean NOT NULL,
    given_up boolean NOT NULL,
    error    text,
    version  text
);
CREATE INDEX job_moved_key_idx ON _v.job_moved USING hash (key);
CREATE INDEX job_moved_job_idx ON _v.job_moved (job_name, done);
CREATE INDEX job_moved_version_idx ON _v.job_moved USING hash (version)
    WHERE version IS NOT NULL;

SELECT pg_extension_config_dump('_v.job_list', '');
SELECT pg_extension_config_dump('_v.job_pieces', '');
SELECT pg_extension_config_dump('_v.job_moved', '');

-- INSERT and COPY are for restoring a dump.

CREATE FUNCTION _v.refuse_to_plant() RETURNS trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_refuse_to_plant';

CREATE TRIGGER own_only
    BEFORE INSERT ON _v.job_list
    FOR EACH ROW EXECUTE FUNCTION _v.refuse_to_plant();
ALTER TABLE _v.job_list ENABLE ALWAYS TRIGGER own_only;
CREATE TRIGGER own_only
    BEFORE INSERT ON _v.job_pieces
    FOR EACH ROW EXECUTE FUNCTION _v.refuse_to_plant();
ALTER TABLE _v.job_pieces ENABLE ALWAYS TRIGGER own_only;
CREATE TRIGGER own_only
    BEFORE INSERT ON _v.job_moved
    FOR EACH ROW EXECUTE FUNCTION _v.refuse_to_plant();
ALTER TABLE _v.job_moved ENABLE ALWAYS TRIGGER own_only;

CREATE FUNCTION _v.register_job(
    in_job_name text,
    in_table regclass,
    in_statement text,
    in_check text DEFAULT NULL
) RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_register_job';

CREATE FUNCTION _v.note_moved_key() RETURNS trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_note_moved_key';

CREATE PROCEDURE _v.run_job(in_job_name text)
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_run_job';

CREATE PROCEDURE _v.run_jobs(in_for interval)
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_run_jobs';

CREATE FUNCTION _v.pause_job(in_job_name text) RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_pause_job';

CREATE FUNCTION _v.resume_job(in_job_name text) RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_resume_job';

CREATE FUNCTION _v.cancel_job(in_job_name text) RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_cancel_job';

CREATE FUNCTION _v.assert_job_is_done(in_job_name text) RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_assert_job_is_done';

CREATE FUNCTION _v.set_job(
    in_job_name text,
    in_setting text,
    in_value text
) RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_set_job';

-- A job runs as long as a session holds the lock that says so: see
-- src/jobs/job.c. The view does not belong to the installer, as the tables
-- do not. All can read these, so that all can dump them.

CREATE VIEW _v.jobs AS
SELECT j.job_name, j.patch_name, j.table_name, j.role_name,
       CASE WHEN j.state <> 'waiting' OR r.pids = '{}' THEN j.state
            WHEN j.held_back IS NOT NULL THEN 'held back'
            ELSE 'running' END AS state,
       j.rows_done, j.batches_done,
       CASE WHEN j.state = 'done' THEN 1
            WHEN j.rows_total > 0
            THEN least(j.rows_done / j.rows_total, 0.999) END AS share,
       rate.rows_per_second,
       CASE WHEN j.state <> 'done' AND rate.rows_per_second > 0
            THEN make_interval(secs =>
                 greatest(j.rows_total - j.rows_done, 0) /
                 rate.rows_per_second) END AS time_left,
       j.last_error,
       CASE WHEN j.state = 'waiting' AND r.pids <> '{}'
            THEN j.held_back END AS held_back,
       r.pids AS runners,
       (SELECT count(*) FROM _v.job_pieces AS p
         WHERE p.job_name = j.job_name AND p.given_up) +
       (SELECT count(*) FROM _v.job_moved AS m
         WHERE m.job_name = j.job_name AND m.given_up) AS batches_given_up,
       j.registered_at, j.started_at, j.finished_at
  FROM _v.job_list AS j
 CROSS JOIN LATERAL (
        SELECT ARRAY(SELECT l.pid FROM pg_locks AS l
                      WHERE l.locktype = 'object' AND l.granted
                        AND l.classid = '_v.job_list'::regclass
                        AND l.objid = (hashtext(j.job_name COLLATE "C")::bigint
                                       & 4294967295)::oid
                        AND l.objsubid = 1
                        AND l.database = (SELECT oid FROM pg_database
                                           WHERE datname = current_database())
                      ORDER BY l.pid) AS pids) AS r
 CROSS JOIN LATERAL (
        SELECT CASE WHEN j.run_ms > 0
                    THEN j.rows_done * 1000.0::float8 / j.run_ms *
                         greatest(cardinality(r.pids), 1)
                    END AS rows_per_second) AS rate;

GRANT SELECT ON _v.jobs TO PUBLIC;

COMMENT ON TABLE _v.job_list IS
'The jobs: work that patches have left to be done in the background. For the functions of the extension; people read the view _v.jobs.';
COMMENT ON COLUMN _v.job_list.job_name IS
'Name of the job.';
COMMENT ON COLUMN _v.job_list.patch_name IS
'Patch that has registered it.';
COMMENT ON COLUMN _v.job_list.table_name IS
'Table that it works on, quoted and with its schema.';
COMMENT ON COLUMN _v.job_list.statement IS
'What is run for the rows of each batch.';
COMMENT ON COLUMN _v.job_list.check_query IS
'Query that counts what is not right yet.';
COMMENT ON COLUMN _v.job_list.role_name IS
'Role that has registered it, as which it runs.';
COMMENT ON COLUMN _v.job_list.role_oid IS
'OID of that role, on the cluster where it was registered.';
COMMENT ON COLUMN _v.job_list.system_identifier IS
'That cluster. On another one, as after a restore, the name of the role counts.';
COMMENT ON COLUMN _v.job_list.search_path IS
'search_path that the statement runs with: that of its registration.';
COMMENT ON COLUMN _v.job_list.registered_settings IS
'Other settings of its registration that the statement runs with: those by which values are read and written.';
COMMENT ON COLUMN _v.job_list.key IS
'The key of the table that it goes by: columns, types and collations.';
COMMENT ON COLUMN _v.job_list.settings IS
'Settings that the job has for itself, each as name=value: see _v.set_job.';
COMMENT ON COLUMN _v.job_list.state IS
'''waiting'', ''paused'', ''failed'' or ''done''.';
COMMENT ON COLUMN _v.job_list.next_size IS
'How many rows the first batch of the next session that runs it is to have.';
COMMENT ON COLUMN _v.job_list.last_key IS
'Greatest key of the table when the job began.';
COMMENT ON COLUMN _v.job_list.cursor IS
'Key up to which pieces were handed out.';
COMMENT ON COLUMN _v.job_list.handed_out IS
'All pieces were.';
COMMENT ON COLUMN _v.job_list.pieces IS
'How many pieces there were.';
COMMENT ON COLUMN _v.job_list.rows_total IS
'How many rows the table had when the job began, by what the planner makes of it.';
COMMENT ON COLUMN _v.job_list.rows_done IS
'How many rows were in a batch.';
COMMENT ON COLUMN _v.job_list.batches_done IS
'How many batches were run.';
COMMENT ON COLUMN _v.job_list.run_ms IS
'How long sessions have run it, pauses included, in milliseconds.';
COMMENT ON COLUMN _v.job_list.registered_at IS
'Clock time of its registration.';
COMMENT ON COLUMN _v.job_list.started_at IS
'Clock time at which it was run first.';
COMMENT ON COLUMN _v.job_list.finished_at IS
'Clock time at which it was done, or has failed.';
COMMENT ON COLUMN _v.job_list.held_back IS
'Why the session that runs it is waiting.';
COMMENT ON COLUMN _v.job_list.last_error IS
'Error of the last batch. NULL when one has succeeded since.';
COMMENT ON TABLE _v.job_pieces IS
'The parts of the keys that were handed out to those who run a job, and are not done.';
COMMENT ON COLUMN _v.job_pieces.job_name IS
'Name of the job.';
COMMENT ON COLUMN _v.job_pieces.number IS
'Number of the piece in its job.';
COMMENT ON COLUMN _v.job_pieces.after_key IS
'Key after which it begins. NULL: at the first one.';
COMMENT ON COLUMN _v.job_pieces.to_key IS
'Its last key.';
COMMENT ON COLUMN _v.job_pieces.tries IS
'How often its first batch has failed.';
COMMENT ON COLUMN _v.job_pieces.given_up IS
'It has failed too often.';
COMMENT ON COLUMN _v.job_pieces.error IS
'How its first batch has failed.';
COMMENT ON TABLE _v.job_moved IS
'The rows whose key was changed while a job has to go through their table.';
COMMENT ON COLUMN _v.job_moved.id IS
'Identifies the row.';
COMMENT ON COLUMN _v.job_moved.job_name IS
'Name of the job.';
COMMENT ON COLUMN _v.job_moved.key IS
'The key that the row has now.';
COMMENT ON COLUMN _v.job_moved.done IS
'It was in a batch.';
COMMENT ON COLUMN _v.job_moved.given_up IS
'It has failed too often.';
COMMENT ON COLUMN _v.job_moved.error IS
'How it has failed.';
COMMENT ON COLUMN _v.job_moved.version IS
'Version of the row that it was before the change, if the same transaction had made that.';
COMMENT ON INDEX _v.job_moved_key_idx IS
'Finds the rows of a batch.';
COMMENT ON INDEX _v.job_moved_job_idx IS
'Finds those of a job, and those that are left.';
COMMENT ON INDEX _v.job_moved_version_idx IS
'Finds what was noted before the change that has led to it.';
COMMENT ON VIEW _v.jobs IS
'The jobs: work on all rows of a table that patches have left to be done in the background.';
COMMENT ON COLUMN _v.jobs.job_name IS
'Name of the job.';
COMMENT ON COLUMN _v.jobs.patch_name IS
'Patch that has registered it.';
COMMENT ON COLUMN _v.jobs.table_name IS
'Table that it works on.';
COMMENT ON COLUMN _v.jobs.role_name IS
'Role that has registered it, as which it runs.';
COMMENT ON COLUMN _v.jobs.state IS
'''waiting'' (for somebody to run it), ''running'', ''held back'', ''paused'', ''failed'' or ''done''.';
COMMENT ON COLUMN _v.jobs.rows_done IS
'How many rows were in a batch.';
COMMENT ON COLUMN _v.jobs.batches_done IS
'How many batches were run.';
COMMENT ON COLUMN _v.jobs.share IS
'Part of the table that is done, from 0 to 1, as far as its number of rows is known.';
COMMENT ON COLUMN _v.jobs.rows_per_second IS
'Rows a second, pauses included.';
COMMENT ON COLUMN _v.jobs.time_left IS
'How long it will take at that rate.';
COMMENT ON COLUMN _v.jobs.last_error IS
'Error of the last batch, with its keys. NULL when one has succeeded since.';
COMMENT ON COLUMN _v.jobs.held_back IS
'Why the sessions that run it are waiting.';
COMMENT ON COLUMN _v.jobs.runners IS
'Processes of the sessions that run it, as in pg_stat_activity.';
COMMENT ON COLUMN _v.jobs.batches_given_up IS
'How many batches were given up.';
COMMENT ON COLUMN _v.jobs.registered_at IS
'Clock time of its registration.';
COMMENT ON COLUMN _v.jobs.started_at IS
'Clock time at which it was run first.';
COMMENT ON COLUMN _v.jobs.finished_at IS
'Clock time at which it was done, or has failed.';
COMMENT ON FUNCTION _v.register_job(text, regclass, text, text) IS
'Leaves work on all rows of a table to be done in the background.
Takes the name of the job; the table, which needs a primary key or a unique
index on NOT NULL columns; a statement, run for each batch of rows, whose keys
it reads from "batch"; and a query that counts what is not right when all rows
were in a batch, or NULL.
Raises 55000 outside a patch, or if the table has no such key; 42710 if there
is a job of this name; 42809 for a table that cannot have one; 42601 if the
statement does not read from batch, or if it or the check is not one command;
42501 without the INSERT privilege on _v.patches, and what CREATE TRIGGER
raises. Locks the table in SHARE ROW EXCLUSIVE mode.';
COMMENT ON FUNCTION _v.refuse_to_plant() IS
'Trigger function that lets INSERT and COPY bring in jobs of roles that the
current one can SET ROLE to, and no others.
Raises 42501.';
COMMENT ON FUNCTION _v.note_moved_key() IS
'Trigger function that notes the rows whose key changes while a job is not done.
Raises 55000 if the table is not that of the job.';
COMMENT ON PROCEDURE _v.run_job(text) IS
'Runs a job, as the role that has registered it, until it is done, paused,
canceled, or has failed. Several sessions may run the same one.
Raises 55000 if it has failed, 42704 if there is none of this name, 25001 inside
a transaction block, 25006 on a standby, 42501 without the INSERT privilege on
_v.patches or membership in the role of the job.';
COMMENT ON PROCEDURE _v.run_jobs(interval) IS
'Runs what jobs there are that the current role may run, one after the other,
for so long at most. Returns earlier if there is nothing to do.
Raises 25001 inside a transaction block.';
COMMENT ON FUNCTION _v.pause_job(text) IS
'Pauses a job: who runs it stops after the current batch.
Raises 55000 if it is done or has failed, 42704 and 42501 as _v.run_job does.';
COMMENT ON FUNCTION _v.resume_job(text) IS
'Lets a job go on that was paused or has failed; what was given up is tried
again. If all rows were in a batch and the check has failed, it begins anew.
Raises 55000 if it is done, 42704 and 42501 as _v.run_job does.';
COMMENT ON FUNCTION _v.cancel_job(text) IS
'Cancels a job for good, when the batches that are at work have ended.
Raises 42704 and 42501 as _v.run_job does.';
COMMENT ON FUNCTION _v.assert_job_is_done(text) IS
'Does nothing if the job is done, but to drop the triggers that it has on its
table. For the patch that comes after it.
Raises P0001 if it is not done, or if there is none of this name.';
COMMENT ON FUNCTION _v.set_job(text, text, text) IS
'Sets one of the settings versioning.job_* for one job alone.
Takes the name of the job, of the setting, and its value; NULL takes it back.
Raises 42704 and 42501 as _v.run_job does, 42704 if there is no such setting,
22023 for a wrong value.';
