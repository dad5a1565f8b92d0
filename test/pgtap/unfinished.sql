-- Patches of which not all is done: they are told apart from those that are
-- whole, and are not enough for those that require them.

BEGIN;
SELECT plan(33);

CREATE ROLE versioning_test_deployer;
CREATE ROLE versioning_test_member IN ROLE versioning_test_deployer NOINHERIT;
GRANT INSERT, DELETE ON _v.patches TO versioning_test_deployer;

CREATE FUNCTION pg_temp.detail(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN raise_exception THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN SQLERRM || ' ' || detail;
END
$$;

CREATE FUNCTION pg_temp.parts() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s/%s at %s%s', patch_name, part, parts, line,
                             CASE WHEN runs THEN ' runs' END), ', '
                      ORDER BY patch_name COLLATE "C")
      FROM _v.unfinished
$$;

-- Before anything is done, the patch is what it was.
SELECT _v.note_progress('begins', '{a,b}', 4, 2, 'patches/a.sql');
SELECT is(pg_temp.parts(), NULL, 'nothing is done: not unfinished');

SELECT _v.note_progress('runs', '{a,b}', 1, 2, NULL, '{x}');
SELECT is(pg_temp.parts(), 'a 1/4 at 2 runs, b 1/4 at 2 runs',
          'a part runs that may leave something behind');

SELECT _v.note_progress('begins', '{a}', 4, 3, 'patches/b.sql');
SELECT is(pg_temp.parts(), 'a 1/4 at 3 runs, b 1/4 at 2 runs',
          'and that is not forgotten when the file is run again');
SELECT is(runs_sha256, 'x', 'nor what was run')
  FROM _v.progress WHERE patch_name = 'a';

SELECT _v.note_progress('done', '{a,b}', 1, 5, 'd1');
SELECT is(pg_temp.parts(), 'a 2/4 at 5, b 2/4 at 5', 'a part is done');
SELECT is(pg_temp.detail($$SELECT _v.register_patch('c', '{a}')$$) ~
          '^Missing prerequisite\(s\): a\. Patch "c" requires these, which are not applied:\n    a$',
          true, 'a patch that is not in the register is merely missing');

SELECT _v.register_patch('a');
SELECT is(pg_temp.parts(), 'b 2/4 at 5',
          'somebody else has registered one of them: it is whole');
SELECT _v.unregister_patch('a');
SELECT is(pg_temp.parts(), 'b 2/4 at 5', 'and has taken it back');

-- A part registers it.
SELECT _v.note_progress('begins', '{a}', 4, 2, 'patches/a.sql');
SELECT _v.note_progress('done', '{a}', 2, 5, 'd2');
SELECT is(pg_temp.parts(), 'a 3/4 at 5, b 2/4 at 5', 'the first is not noted');
SELECT _v.note_progress('over', '{a}');
SELECT _v.note_progress('begins', '{a}', 4, 2, 'patches/a.sql');
SELECT _v.note_progress('done', '{a}', 1, 5, 'd1');
SELECT _v.register_patch('a');
SELECT _v.note_progress('done', '{a}', 3, 9, 'd3');
SELECT is(pg_temp.parts(), 'a 4/4 at 9, b 2/4 at 5',
          'a part registers it: it is unfinished all the same');
SELECT is(done_sha256, '{d1,NULL,d3}', 'a part that is not noted is a gap')
  FROM _v.progress WHERE patch_name = 'a';
SELECT is(pg_temp.detail($$SELECT _v.register_patch('c', '{a}')$$) ~
          '^Missing prerequisite\(s\): a\. Patch "a" is unfinished since \d.*: part 4 of 4 is not done\.$',
          true, 'it is missing to those that require it');
SELECT is(pg_temp.detail($$SELECT _v.register_patch('c', '{x,a,x,a}')$$) ~
          '^Missing prerequisite\(s\): x, a\. Patch "c" requires these, which are not applied:\n    x\nPatch "a" is unfinished since [^\n]*$',
          true, 'and so is another one, which is not there');
SET client_min_messages = error;
SELECT is(_v.try_register_patch('c', '{a}'), false, 'so it is to those that try');
RESET client_min_messages;
SET LOCAL versioning.source_file = 'patches/a.sql';
SELECT lives_ok($$SELECT _v.register_patch('c', '{a}')$$,
                'what its own file registers is not kept from it');
RESET versioning.source_file;
SELECT _v.unregister_patch('c');

-- It fails, and goes on.
SELECT _v.note_progress('failed', '{a}', in_text => 'division by zero');
SELECT is(error, 'division by zero', 'the error is kept')
  FROM _v.unfinished WHERE patch_name = 'a';
SELECT since AS first_since FROM _v.unfinished WHERE patch_name = 'a' \gset
SELECT _v.note_progress('begins', '{a}', 5, 9, 'patches/a.sql', '{d1,NULL,d3}');
SELECT is(since, :'first_since', 'it is unfinished since the first attempt')
  FROM _v.unfinished WHERE patch_name = 'a';
SELECT is(pg_temp.parts(), 'a 4/5 at 9, b 2/4 at 5',
          'its file may have become longer');
SELECT _v.note_progress('begins', '{a}', 5, 9, 'patches/a.sql', '{n1,n2}');
SELECT is(pg_temp.parts(), 'a 3/5 at 9, b 2/4 at 5',
          'and somebody may say how much is done');
SELECT is(cardinality(done_at), 2, 'the times go with the digests')
  FROM _v.progress WHERE patch_name = 'a';

-- The session is in the patch again.
SELECT _v.register_patch('other');
SELECT lives_ok($$SELECT _v.resume_patch('a')$$, 'a session is in it again');
SELECT is(_v.current_patch(), 'a', 'so that what it does is of the patch');
SELECT is(event, 'resumed', 'and history says so')
  FROM _v.history ORDER BY id DESC LIMIT 1;
SELECT throws_ok($$SELECT _v.resume_patch('other')$$,
                 'P0001', 'patch "other" is not unfinished',
                 'not in one that is whole');

-- It is taken back, or done.
SELECT _v.unregister_patch('a');
SELECT is(count(*), 0::bigint, 'nothing is left of one that is taken back')
  FROM _v.progress WHERE patch_name = 'a';
SELECT _v.note_progress('over', '{b}');
SELECT is(count(*), 0::bigint, 'nor of one that is done') FROM _v.progress;
SELECT _v.register_patch('a');
SELECT lives_ok($$SELECT _v.register_patch('c', '{a}')$$,
                'then a patch is enough for those that require it');

-- Who may note it
SELECT throws_ok($$SELECT _v.note_progress('loses', '{a}')$$, '20000', NULL,
                 'another event is an error');
SET LOCAL ROLE versioning_test_member;
SELECT lives_ok($$SELECT _v.note_progress('begins', '{m}', 2, 1, 'm.sql')$$,
                'the role of the session does not matter');
SELECT throws_ok($$INSERT INTO _v.progress SELECT * FROM _v.progress$$,
                 '42501', NULL, 'nobody writes into the table by hand');
SELECT lives_ok($$SELECT * FROM _v.unfinished, _v.progress$$,
                'everybody may read');
RESET ROLE;
SELECT is(pg_get_userbyid(relowner), current_user::name,
          'the table belongs to the owner of the extension')
  FROM pg_class WHERE oid = '_v.progress'::regclass;
SELECT ok(bool_and(col_description(attrelid, attnum) <> ''),
          'each column has a comment')
  FROM pg_attribute
 WHERE attrelid IN ('_v.progress'::regclass, '_v.unfinished'::regclass)
   AND attnum > 0;

SELECT * FROM finish();
ROLLBACK;
