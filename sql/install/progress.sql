-- Files that `versioning apply` runs in parts, since they are not one
-- transaction: how far each has come. See src/register/progress.c.
--
-- A row is there from before the first part is run until the last one is done.
-- A part that is one transaction is noted as done in that; of any other it is
-- noted first that it runs.

CREATE TABLE _v.progress (
    patch_name       text          PRIMARY KEY,
    source_file      text,
    since            timestamptz   NOT NULL,
    registered_at    timestamptz,
    parts            int4          NOT NULL,
    done_sha256      text[]        NOT NULL,
    done_at          timestamptz[] NOT NULL,
    line             int4,
    runs             boolean       NOT NULL,
    runs_sha256      text,
    relation         text,
    indexes          text[],
    leaves           text,
    error            text,
    failed_at        timestamptz
);

SELECT pg_extension_config_dump('_v.progress', '');

-- A row is no more than a memory if the patch was taken back, or registered
-- anew, by somebody else. (A view of _v.patches itself would keep the owner from
-- altering its columns.)

CREATE FUNCTION _v.unfinished_patches()
RETURNS SETOF _v.progress
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.*
      FROM _v.progress AS p
      LEFT JOIN _v.patches AS r ON r.patch_name = p.patch_name
     WHERE (p.runs OR cardinality(p.done_sha256) > 0)
       AND CASE WHEN r.patch_name IS NULL THEN p.registered_at IS NULL
                WHEN p.registered_at IS NULL
                THEN p.runs AND r.applied_tsz >= p.since
                ELSE r.applied_tsz = p.registered_at END
$$;

CREATE VIEW _v.unfinished AS
SELECT patch_name, since, cardinality(done_sha256) + 1 AS part, parts, line,
       runs, error, failed_at, source_file
  FROM _v.unfinished_patches();

-- A table, or that of an index, with its partitions, and what they have beside
-- them.

CREATE FUNCTION _v.related_tables(in_relation text) RETURNS SETOF oid
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH named (oid) AS (
        SELECT coalesce((SELECT indrelid FROM pg_index
                          WHERE indexrelid = to_regclass(in_relation)),
                        to_regclass(in_relation))
    ), tables (oid) AS (
        SELECT oid::oid FROM named
        UNION
        SELECT relid::oid FROM named, pg_partition_tree(named.oid)
    )
    SELECT oid FROM tables
    UNION
    SELECT c.reltoastrelid FROM tables AS t JOIN pg_class AS c ON c.oid = t.oid
$$;

-- The note is written where the part runs, so as whatever role that has set:
-- it counts whom the session was opened for. That must not serve those whose
-- code the server runs in that session, such as the function of an index while
-- it is built: UNLISTEN, which does nothing here, is forbidden to it.

CREATE FUNCTION _v.note_progress(
    in_event text,
    in_patch_names text[],
    in_part int4 DEFAULT NULL,
    in_line int4 DEFAULT NULL,
    in_text text DEFAULT NULL,
    in_list text[] DEFAULT '{}'
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    deployer oid := (SELECT usesysid
                       FROM pg_stat_get_activity(pg_backend_pid()));
    name text;
    first timestamptz;
BEGIN
    UNLISTEN _v;
    IF NOT EXISTS (
        SELECT FROM pg_roles
         WHERE pg_has_role(deployer, oid, 'MEMBER')
           AND has_any_column_privilege(oid, '_v.patches', 'INSERT')) THEN
        RAISE EXCEPTION 'permission denied for table progress'
              USING ERRCODE = 'insufficient_privilege',
                    DETAIL = format('Noting how far a patch has come needs the INSERT privilege on _v.patches, which role "%s" does not have.',
                                    pg_get_userbyid(deployer));
    END IF;

    CASE in_event
        WHEN 'begins' THEN
            FOREACH name IN ARRAY in_patch_names LOOP
                first := (SELECT since FROM _v.unfinished
                           WHERE patch_name = name);
                UPDATE _v.progress
                   SET source_file = in_text, parts = in_part, line = in_line
                 WHERE patch_name = name AND first IS NOT NULL
                   AND done_sha256 = in_list;
                CONTINUE WHEN FOUND;
                DELETE FROM _v.progress WHERE patch_name = name;
                INSERT INTO _v.progress
                       (patch_name, source_file, since, registered_at, parts,
                        done_sha256, done_at, line, runs)
                VALUES (name, in_text, coalesce(first, clock_timestamp()),
                        (SELECT applied_tsz FROM _v.patches
                          WHERE patch_name = name),
                        in_part, in_list,
                        array_fill(now(), ARRAY[cardinality(in_list)]),
                        in_line, false);
            END LOOP;
        WHEN 'runs' THEN
            UPDATE _v.progress
               SET done_sha256 = done_sha256 || array_fill(NULL::text,
                    ARRAY[greatest(in_part - 1 - cardinality(done_sha256), 0)]),
                   done_at = done_at || array_fill(NULL::timestamptz,
                    ARRAY[greatest(in_part - 1 - cardinality(done_at), 0)]),
                   runs = true, line = in_line, runs_sha256 = in_list[1],
                   relation = in_text, leaves = in_list[2],
                   error = NULL, failed_at = NULL, indexes = ARRAY(
                    SELECT indexrelid::regclass::text
                      FROM pg_index
                     WHERE CASE WHEN in_text IS NULL THEN NOT indisvalid
                                ELSE indrelid IN (
                                     SELECT _v.related_tables(in_text)) END)
             WHERE patch_name = ANY (in_patch_names);
        WHEN 'done' THEN
            UPDATE _v.progress AS p
               SET done_sha256 = done_sha256 || array_fill(NULL::text,
                    ARRAY[in_part - 1 - cardinality(done_sha256)]) || in_text,
                   done_at = done_at || array_fill(NULL::timestamptz,
                    ARRAY[in_part - 1 - cardinality(done_at)]) ||
                    clock_timestamp(),
                   line = in_line, runs = false, runs_sha256 = NULL,
                   relation = NULL, indexes = NULL, leaves = NULL,
                   error = NULL, failed_at = NULL,
                   registered_at = coalesce(registered_at, (
                    SELECT applied_tsz FROM _v.patches AS r
                     WHERE r.patch_name = p.patch_name))
             WHERE patch_name = ANY (in_patch_names);
        WHEN 'failed' THEN
            UPDATE _v.progress
               SET error = in_text, failed_at = clock_timestamp()
             WHERE patch_name = ANY (in_patch_names);
        WHEN 'over' THEN
            DELETE FROM _v.progress
             WHERE patch_name = ANY (in_patch_names);
    END CASE;
    IF in_event IN ('runs', 'done') AND NOT FOUND THEN
        RAISE EXCEPTION 'the progress of patch "%" could not be noted',
                        in_patch_names[1]
              USING ERRCODE = 'object_not_in_prerequisite_state',
                    DETAIL = 'Its row in _v.progress is gone, or a trigger or rule has kept it as it was.';
    END IF;
END
$$;

-- After a failure, the rest of a patch runs in a session that has not
-- registered it.

CREATE FUNCTION _v.resume_patch(in_patch_name text) RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_resume_patch';

COMMENT ON TABLE _v.progress IS
'How far the files have come that "versioning apply" runs in parts, since they are not one transaction: a row for each patch of such a file, until all of it is done. Written by _v.note_progress. The view _v.unfinished says which of these rows count.';
COMMENT ON COLUMN _v.progress.patch_name IS
'Name of the patch.';
COMMENT ON COLUMN _v.progress.source_file IS
'File that registers it, as versioning.source_file.';
COMMENT ON COLUMN _v.progress.since IS
'Clock time at which its file was run first.';
COMMENT ON COLUMN _v.progress.registered_at IS
'applied_tsz of its registration by the file. NULL: that was not noted yet.';
COMMENT ON COLUMN _v.progress.parts IS
'How many parts the file has: transaction blocks, and statements outside these.';
COMMENT ON COLUMN _v.progress.done_sha256 IS
'SHA-256 of the text of each part that is done. NULL for one that only sets something for its session, and is run again.';
COMMENT ON COLUMN _v.progress.done_at IS
'Clock times at which these parts were done.';
COMMENT ON COLUMN _v.progress.line IS
'Line of the file at which the next part begins, or the one that runs.';
COMMENT ON COLUMN _v.progress.runs IS
'That part was begun, and what it did may have been kept although it is not noted as done.';
COMMENT ON COLUMN _v.progress.runs_sha256 IS
'SHA-256 of the text of that part.';
COMMENT ON COLUMN _v.progress.relation IS
'Table or index that this part is about, if it says CONCURRENTLY.';
COMMENT ON COLUMN _v.progress.indexes IS
'Indexes of that table when this part was begun; without a table, those of the database that were not valid.';
COMMENT ON COLUMN _v.progress.leaves IS
'Regular expression for the names of the indexes that this part may leave behind.';
COMMENT ON COLUMN _v.progress.error IS
'How the last attempt ended.';
COMMENT ON COLUMN _v.progress.failed_at IS
'Clock time of that.';
COMMENT ON VIEW _v.unfinished IS
'Patches of which "versioning apply" has done a part, and not all: they may be in _v.patches already. The next "versioning apply" goes on with them.';
COMMENT ON COLUMN _v.unfinished.patch_name IS
'Name of the patch.';
COMMENT ON COLUMN _v.unfinished.since IS
'Clock time at which its file was run first.';
COMMENT ON COLUMN _v.unfinished.part IS
'Number of the first part of the file that is not done.';
COMMENT ON COLUMN _v.unfinished.parts IS
'How many parts the file has: transaction blocks, and statements outside these.';
COMMENT ON COLUMN _v.unfinished.line IS
'Line of the file at which that part begins.';
COMMENT ON COLUMN _v.unfinished.runs IS
'That part was begun, and what it did may have been kept although it is not noted as done.';
COMMENT ON COLUMN _v.unfinished.error IS
'How the last attempt ended. NULL where that is not known, or a session is at work.';
COMMENT ON COLUMN _v.unfinished.failed_at IS
'Clock time of that.';
COMMENT ON COLUMN _v.unfinished.source_file IS
'File that registers the patch.';
COMMENT ON FUNCTION _v.unfinished_patches() IS
'The rows of _v.progress that count: see the view _v.unfinished.';
COMMENT ON FUNCTION _v.related_tables(text) IS
'The table of that name, or that of the index, with its partitions and their
TOAST tables.';
COMMENT ON FUNCTION _v.note_progress(text, text[], int4, int4, text, text[]) IS
'For "versioning apply": notes how far the file of these patches has come.
Takes what happens: ''begins'' (number of parts, line of the first one to
run, file, digests of those that are done), ''runs'' (number of the part,
line, relation, a list of its digest and the pattern of what it leaves),
''done'' (number of the part, line of the next one, digest), ''failed''
(in_text: the error), ''over''.
Raises 42501 unless the role that the session was opened for may register
patches, or is a member of one that may, and in security-restricted operations,
such as the building of an index on a function; 55000 for ''runs'' and ''done''
if there is no such row to write; 20000 for any other event.';
COMMENT ON FUNCTION _v.resume_patch(text) IS
'For "versioning apply": the session is in an unfinished patch again, as it
is after _v.register_patch, and _v.history says so.
Takes the name of the patch.
Raises P0001 if it is not in the register as unfinished. Locks and needs what
_v.register_patch does.';
