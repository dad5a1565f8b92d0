-- History, the current patch and the guard have the columns, types, comments
-- and grants that people's queries rely on.

BEGIN;
SELECT plan(38);

-- Table

SELECT results_eq(
    $$SELECT attname::text COLLATE "default", format_type(atttypid, atttypmod)
        FROM pg_attribute
       WHERE attrelid = '_v.history'::regclass AND attnum > 0
       ORDER BY attnum$$,
    $$VALUES ('id', 'bigint'),
             ('event', 'text'),
             ('patch_name', 'text'),
             ('requires', 'text[]'),
             ('conflicts', 'text[]'),
             ('happened_at', 'timestamp with time zone'),
             ('role_name', 'text'),
             ('session_role_name', 'text'),
             ('transaction_id', 'xid8'),
             ('application_name', 'text'),
             ('client_address', 'inet'),
             ('os_user', 'text'),
             ('host', 'text'),
             ('source_file', 'text'),
             ('source_sha256', 'text'),
             ('revision', 'text'),
             ('command', 'text'),
             ('job_name', 'text')$$,
    'columns of _v.history in their order');
SELECT col_is_pk('_v', 'history', ARRAY['id']::name[],
                 'id is the primary key');
SELECT is(attidentity::text, 'a', 'id is an identity column')
  FROM pg_attribute
 WHERE attrelid = '_v.history'::regclass AND attname = 'id';
SELECT is((SELECT relpersistence::text || relkind::text FROM pg_class
            WHERE oid = '_v.history'::regclass), 'pr',
          '_v.history is an ordinary, logged table');
SELECT triggers_are('_v', 'history',
                    ARRAY['add_only_by_function', 'append_only',
                          'append_only_in_replica']);
SELECT is(string_agg(tgenabled::text, '' ORDER BY tgname), 'AAR',
          'which fire in a replica, too')
  FROM pg_trigger WHERE tgrelid = '_v.history'::regclass;

-- Grants and ownership

SELECT is((SELECT string_agg(privilege_type, ',' ORDER BY privilege_type)
             FROM pg_class, aclexplode(relacl)
            WHERE oid = '_v.history'::regclass AND grantee = 0), 'SELECT',
          'PUBLIC has SELECT on the table, and no more');
SELECT is((SELECT relacl::text FROM pg_class
            WHERE oid = '_v.history_id_seq'::regclass), NULL,
          'PUBLIC has nothing on the sequence');
SELECT table_owner_is('_v', 'history', pg_get_userbyid(10));
SELECT is((SELECT count(*) FROM pg_depend
            WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
              AND objid IN ('_v.history'::regclass,
                            '_v.history_id_seq'::regclass)), 2::bigint,
          'the table and its sequence belong to the extension');
SELECT ok(extconfig @> ARRAY['_v.history'::regclass::oid]
          AND NOT '_v.history_id_seq'::regclass::oid = ANY (extconfig),
          'pg_dump takes all rows, and not the sequence')
  FROM pg_extension WHERE extname = 'versioning';

-- _v.attempts, likewise

SELECT results_eq(
    $$SELECT attname::text COLLATE "default", format_type(atttypid, atttypmod)
        FROM pg_attribute
       WHERE attrelid = '_v.attempts'::regclass AND attnum > 0
       ORDER BY attnum$$,
    $$VALUES ('id', 'bigint'),
             ('action', 'text'),
             ('patch_names', 'text[]'),
             ('started_at', 'timestamp with time zone'),
             ('duration', 'interval'),
             ('outcome', 'text'),
             ('sqlstate', 'text'),
             ('sessions_waited', 'integer'),
             ('longest_wait', 'interval'),
             ('waited_for', 'text'),
             ('source_file', 'text'),
             ('history_id', 'bigint'),
             ('role_name', 'text'),
             ('application_name', 'text')$$,
    'columns of _v.attempts in their order');
SELECT col_is_pk('_v', 'attempts', ARRAY['id']::name[],
                 'id is its primary key');
SELECT triggers_are('_v', 'attempts',
                    ARRAY['add_only_by_function', 'append_only',
                          'append_only_in_replica']);
SELECT is(string_agg(tgenabled::text, '' ORDER BY tgname), 'AAR',
          'which fire in a replica, too')
  FROM pg_trigger WHERE tgrelid = '_v.attempts'::regclass;
SELECT is((SELECT string_agg(privilege_type, ',' ORDER BY privilege_type)
             FROM pg_class, aclexplode(relacl)
            WHERE oid = '_v.attempts'::regclass AND grantee = 0), 'SELECT',
          'PUBLIC has SELECT on the table, and no more');
SELECT table_owner_is('_v', 'attempts', pg_get_userbyid(10));
SELECT ok(extconfig @> ARRAY['_v.attempts'::regclass::oid]
          AND NOT '_v.attempts_id_seq'::regclass::oid = ANY (extconfig),
          'pg_dump takes all rows, and not the sequence')
  FROM pg_extension WHERE extname = 'versioning';
SELECT function_returns('_v', 'note_attempt'::name, 'bigint');
SELECT ok(obj_description('_v.attempts'::regclass, 'pg_class') <> ''
          AND bool_and(col_description(attrelid, attnum) <> ''),
          'the table and each column has a comment')
  FROM pg_attribute WHERE attrelid = '_v.attempts'::regclass AND attnum > 0;
SELECT throws_ok($$SELECT _v.note_attempt(NULL, '{a}', now(), '1s', 'failed',
                   NULL, 0, NULL, NULL, NULL, NULL)$$, '22004');
SELECT throws_ok($$SELECT _v.note_attempt('x', '{a}', now(), '1s', 'failed',
                   NULL, 0, NULL, NULL, NULL, NULL)$$, '22023');

-- Functions

SELECT function_returns('_v', 'current_patch', '{}'::name[], 'text');
SELECT function_returns('_v', 'refuse_to_forget', '{}'::name[], 'trigger');
SELECT function_returns('_v', 'refuse_to_forge', '{}'::name[], 'trigger');
SELECT function_returns('_v', 'require_patch', '{}'::name[], 'event_trigger');
SELECT function_returns('_v', 'warn_without_patch', '{}'::name[],
                        'event_trigger');
SELECT volatility_is('_v', 'current_patch', '{}'::name[], 'volatile');
SELECT is(proparallel::text, 'r',
          'only the leader of a parallel query knows the patch')
  FROM pg_proc WHERE oid = '_v.current_patch()'::regprocedure;
SELECT ok(bool_and(has_function_privilege('public', oid, 'EXECUTE')
                   AND prosecdef = (proname = 'note_progress')),
          'all functions are PUBLIC''s, and one runs as its owner')
  FROM pg_proc WHERE pronamespace = '_v'::regnamespace;
SELECT ok(bool_and(proowner = 10),
          'those that are not the register''s belong to the bootstrap superuser')
  FROM pg_proc
 WHERE pronamespace = '_v'::regnamespace
   AND proname !~ '^((try_|un)?register_patch|assert_(patch|user)_.*|note_progress|resume_patch)$';

-- Comments

SELECT ok(bool_and(obj_description(oid, 'pg_proc') <> ''),
          'each function has a comment')
  FROM pg_proc WHERE pronamespace = '_v'::regnamespace;
SELECT ok(obj_description('_v.history'::regclass, 'pg_class') <> '',
          'the table has a comment');
SELECT ok(bool_and(col_description(attrelid, attnum) <> ''),
          'each column has a comment')
  FROM pg_attribute WHERE attrelid = '_v.history'::regclass AND attnum > 0;

-- Settings, which are there as soon as anything of the extension has run

SELECT is(_v.current_patch(), NULL, 'at first there is no patch');
SELECT results_eq(
    $$SELECT name COLLATE "default", vartype, context FROM pg_settings
       WHERE name LIKE 'versioning.%' ORDER BY 1$$,
    $$VALUES ('versioning.bypass_guard', 'bool', 'superuser'),
             ('versioning.host', 'string', 'user'),
             ('versioning.job_batch_time', 'integer', 'user'),
             ('versioning.job_lock_timeout', 'integer', 'user'),
             ('versioning.job_max_archive_backlog', 'integer', 'user'),
             ('versioning.job_max_replay_lag', 'integer', 'user'),
             ('versioning.job_max_snapshot_age', 'integer', 'user'),
             ('versioning.job_on_error', 'enum', 'user'),
             ('versioning.job_pause', 'real', 'user'),
             ('versioning.job_tries', 'integer', 'user'),
             ('versioning.os_user', 'string', 'user'),
             ('versioning.revision', 'string', 'user'),
             ('versioning.source_file', 'string', 'user'),
             ('versioning.source_sha256', 'string', 'user')$$,
    'what a session may SET');
SELECT throws_ok($$SET versioning.source_sha256 = '00'$$, '22023');
SELECT lives_ok($$SET LOCAL versioning.source_sha256 = ''$$,
                'no SHA-256 is one, too');

SELECT * FROM finish();
ROLLBACK;
