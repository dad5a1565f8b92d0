-- Patches that are put into the register and taken out of it, and nothing is
-- run; and changed files that are accepted.

BEGIN;
SELECT plan(49);

CREATE ROLE versioning_test_nobody;
CREATE ROLE versioning_test_marker;
GRANT SELECT, INSERT ON _v.patches TO versioning_test_marker;

CREATE FUNCTION pg_temp.last_event() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', event, patch_name, requires, conflicts, role_name)
      FROM _v.history ORDER BY id DESC LIMIT 1
$$;

CREATE FUNCTION pg_temp.hint(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN others THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN hint;
END
$$;

-- Marking

SELECT lives_ok($$SELECT _v.mark_patch('base')$$, 'a patch is marked');
SELECT results_eq(
    $$SELECT applied_tsz, applied_by = current_user, requires, conflicts
        FROM _v.patches WHERE patch_name = 'base'$$,
    $$SELECT now(), true, '{}'::text[], '{}'::text[]$$,
    'it is in the register as if it had been applied');
SELECT is(pg_temp.last_event(), 'marked base {} {} ' || current_user,
          'history says that it was marked, and by whom');
SELECT lives_ok($$SELECT _v.mark_patch('more', '{base}', '{x}')$$,
                'one with requirements and conflicts');
SELECT is(pg_temp.last_event(), 'marked more {base} {x} ' || current_user,
          'history has them');
SELECT is(_v.assert_patch_is_applied('more'), 'Patch more is applied.',
          'to others it is applied');
SELECT lives_ok($$SELECT _v.mark_patch(in_conflicts => '{y}',
                                       in_patch_name => 'named')$$,
                'the arguments have names');

SELECT throws_ok($$SELECT _v.mark_patch('base')$$, 'P0001',
                 'Patch base is already applied!', 'it is marked once');
SELECT throws_ok($$SELECT _v.mark_patch('x')$$, 'P0001',
    'Versioning patches conflict. Conflicting patche(s) installed: more.',
    'conflicts count');
SELECT throws_ok($$SELECT _v.mark_patch('z', '{none}')$$, 'P0001',
                 'Missing prerequisite(s): none.', 'requirements count');
SELECT throws_ok($$SELECT _v.mark_patch(NULL)$$, '22004',
                 'in_patch_name must not be null');
SELECT throws_ok($$SELECT _v.mark_patch('')$$, '22023',
                 'in_patch_name must not be empty');
SELECT throws_ok($$SELECT _v.mark_patch('z', '{NULL}')$$, '22004',
                 'element 1 of in_requirements must not be null');
SELECT throws_ok($$SELECT _v.mark_patch('z', NULL, '{{a}}')$$, '2202E',
                 'in_conflicts must be a one-dimensional array');

-- A mark is no patch that the session is in.

SELECT is(_v.current_patch(), NULL, 'the session is in no patch by a mark');
CREATE EVENT TRIGGER versioning_guard ON ddl_command_end
    EXECUTE FUNCTION _v.require_patch();
SELECT throws_ok($$CREATE TABLE public.marked ()$$, 'VP001', NULL,
                 'a mark is no leave to change anything');
SELECT _v.register_patch('real');
SELECT lives_ok($$SELECT _v.mark_patch('beside')$$, 'beside a patch');
SELECT is(_v.current_patch(), 'real', 'the session stays in that');
SELECT lives_ok($$SELECT _v.unmark_patch('beside')$$, 'and so it does');
SELECT is(_v.current_patch(), 'real', 'when it is unmarked');
SELECT throws_ok($$SELECT _v.unmark_patch('real')$$, '55000',
    'patch "real" cannot be marked or unmarked by a session that is in it',
    'a patch cannot change something and then not have been there');
SELECT is(pg_temp.hint($$SELECT _v.unmark_patch('real')$$),
          'Do it in a session of its own.');
SELECT _v.unregister_patch('real');
SELECT throws_ok($$SELECT _v.mark_patch('real')$$, '55000', NULL,
                 'nor be taken back and be there all the same');
DROP EVENT TRIGGER versioning_guard;

-- Unmarking

SELECT throws_ok($$SELECT _v.unmark_patch('base')$$, 'P0001',
    'Cannot uninstall base, as it is required by: more.',
    'what others require stays');
SELECT lives_ok($$SELECT _v.unmark_patch('more')$$, 'a patch is unmarked');
SELECT is(pg_temp.last_event(), 'unmarked more {base} {x} ' || current_user,
          'history says so, and what it was');
SELECT is(count(*), 0::bigint, 'it is not in the register')
  FROM _v.patches WHERE patch_name = 'more';
SELECT throws_ok($$SELECT _v.unmark_patch('more')$$, 'P0001',
    'Patch more is not installed, so it can''t be uninstalled!',
    'there is nothing to unmark any more');
SELECT throws_ok($$SELECT _v.unmark_patch(NULL)$$, '22004',
                 'in_patch_name must not be null');

-- Jobs go with their patch.

CREATE TABLE public.versioning_test_jobs (id int PRIMARY KEY);
SELECT _v.register_patch('with-job');
SELECT _v.register_job('marks-job', 'public.versioning_test_jobs',
    'UPDATE public.versioning_test_jobs t SET id = t.id FROM batch
      WHERE t.id = batch.id');
SELECT _v.register_patch('later');
SELECT lives_ok($$SELECT _v.unmark_patch('with-job')$$,
                'a patch with a job is unmarked');
SELECT is(count(*), 0::bigint, 'the job is gone')
  FROM _v.jobs WHERE job_name = 'marks-job';
SELECT is(string_agg(event, ', ' ORDER BY id), 'job canceled, unmarked',
          'history says so')
  FROM (SELECT * FROM _v.history ORDER BY id DESC LIMIT 2) AS last;

-- In a transaction that is read-only

SAVEPOINT before;
SET LOCAL transaction_read_only = on;
SELECT throws_ok($$SELECT _v.mark_patch('read-only')$$, '25006');
SELECT throws_ok($$SELECT _v.accept_patch('base')$$, '25006');
ROLLBACK TO before;

-- What is unfinished

SELECT _v.note_progress('begins', '{part}', 3, 1, 'patches/part.sql');
SELECT _v.note_progress('runs', '{part}', 1, 1, NULL, '{d}');
SELECT _v.mark_patch('part');
SELECT is(count(*), 0::bigint, 'a patch that is marked is whole')
  FROM _v.progress;
SELECT lives_ok($$SELECT _v.mark_patch('after', '{part}')$$,
                'and enough for those that require it');

-- Accepting

SET LOCAL versioning.source_file = 'patches/base.sql';
SELECT throws_ok($$SELECT _v.accept_patch('base')$$, '55000',
                 'versioning.source_sha256 is not set',
                 'nothing is accepted without a digest');
SELECT repeat('A', 64) AS digest \gset
SET LOCAL versioning.source_sha256 = :'digest';
SELECT lives_ok($$SELECT _v.accept_patch('base')$$, 'a file is accepted');
SELECT results_eq(
    $$SELECT event, patch_name, source_file, source_sha256 FROM _v.history
       ORDER BY id DESC LIMIT 1$$,
    $$VALUES ('accepted', 'base', 'patches/base.sql', repeat('a', 64))$$,
    'history has the digest');
SELECT throws_ok($$SELECT _v.accept_patch('more')$$, 'P0001',
                 'Patch more is not applied!', 'only that of an applied patch');
SELECT throws_ok($$SELECT _v.accept_patch('')$$, '22023',
                 'in_patch_name must not be empty');
SELECT is(_v.current_patch(), 'later', 'the session is where it was');

-- Who may

SET LOCAL ROLE versioning_test_nobody;
SELECT throws_ok($$SELECT _v.mark_patch('z')$$, '42501', NULL,
                 'marking needs INSERT');
SELECT throws_ok($$SELECT _v.unmark_patch('base')$$, '42501', NULL,
                 'unmarking needs DELETE');
SELECT throws_ok($$SELECT _v.accept_patch('base')$$, '42501', NULL,
                 'accepting needs INSERT');
SET LOCAL ROLE versioning_test_marker;
SELECT throws_ok($$SELECT _v.unmark_patch('base')$$, '42501', NULL,
                 'who may mark may not unmark by that');
SELECT _v.mark_patch('z');
SELECT is(pg_temp.last_event(), 'marked z {} {} versioning_test_marker',
          'whoever marks is named');
RESET ROLE;

-- Who says so

SET LOCAL versioning.os_user = 'alice';
SET LOCAL versioning.host = 'desk';
SET LOCAL versioning.revision = 'v1-2-gabcdef0-dirty';
SELECT _v.mark_patch('w');
SELECT results_eq(
    $$SELECT os_user, host, revision FROM _v.history
       ORDER BY id DESC LIMIT 1$$,
    $$VALUES ('alice', 'desk', 'v1-2-gabcdef0-dirty')$$,
    'history has what the session says of who runs what, and where');
SET LOCAL versioning.os_user = '';
RESET versioning.host;
RESET versioning.revision;
SELECT _v.unmark_patch('w');
SELECT is(num_nonnulls(os_user, host, revision), 0, 'or nothing')
  FROM _v.history ORDER BY id DESC LIMIT 1;

SELECT * FROM finish();
ROLLBACK;
