CREATE ROLE regress_versioning_deployer;
CREATE ROLE regress_versioning_other;
GRANT INSERT ON _v.patches TO regress_versioning_deployer;

-- An attempt is noted as it is told, with who tells of it.
SET application_name = 'attempts';
SELECT _v.note_attempt('apply', '{one, two}', '2026-01-02 03:04:05+00', '1.5s',
    'failed', '55P03', 3, '38ms', 'process 4711', 'patches/one.sql', NULL) > 0;
SELECT _v.note_attempt('rollback', '{one}', '2026-01-02 03:05:05+00', '5ms',
    'taken back', NULL, 0, NULL, NULL, NULL, 12) > 0;
\x on
SELECT action, patch_names, started_at = '2026-01-02 03:04:05+00' AS started,
       duration, outcome, sqlstate, sessions_waited, longest_wait, waited_for,
       source_file, history_id, role_name = current_user AS mine,
       application_name
  FROM _v.attempts WHERE action = 'apply';
\x off
SELECT action, sqlstate, longest_wait, waited_for, source_file, history_id
  FROM _v.attempts WHERE action = 'rollback';

-- What must be known must be told, and the action be one.
\set VERBOSITY terse
SELECT _v.note_attempt(NULL, '{one}', now(), '1s', 'failed', NULL, 0, NULL,
    NULL, NULL, NULL);                                  -- fails
SELECT _v.note_attempt('apply', NULL, now(), '1s', 'failed', NULL, 0, NULL,
    NULL, NULL, NULL);                                  -- fails
SELECT _v.note_attempt('apply', '{one}', now(), '1s', NULL, NULL, 0, NULL,
    NULL, NULL, NULL);                                  -- fails
SELECT _v.note_attempt('destroy', '{one}', now(), '1s', 'failed', NULL, 0,
    NULL, NULL, NULL, NULL);                            -- fails

-- It takes the privilege that the action takes, and no other.
SET ROLE regress_versioning_deployer;
SELECT _v.note_attempt('apply', '{one}', now(), '1s', 'failed', NULL, 0, NULL,
    NULL, NULL, NULL) > 0;
SELECT role_name FROM _v.attempts ORDER BY id DESC LIMIT 1;
SELECT _v.note_attempt('rollback', '{one}', now(), '1s', 'failed', NULL, 0,
    NULL, NULL, NULL, NULL);                            -- fails
SET ROLE regress_versioning_other;
SELECT _v.note_attempt('apply', '{one}', now(), '1s', 'failed', NULL, 0, NULL,
    NULL, NULL, NULL);                                  -- fails
SELECT count(*) FROM _v.attempts;
RESET ROLE;

-- It does not wait for who registers.
BEGIN;
SELECT _v.note_attempt('apply', '{one}', now(), '1s', 'failed', NULL, 0, NULL,
    NULL, NULL, NULL) > 0;
SELECT mode FROM pg_locks
 WHERE relation = '_v.patches'::regclass AND pid = pg_backend_pid();
ROLLBACK;

-- What is noted stays, and nothing else is added.
INSERT INTO _v.attempts (action, patch_names, started_at, duration, outcome,
    sessions_waited, role_name)
VALUES ('apply', '{x}', now(), '1s', 'applied', 0, 'x'); -- fails
UPDATE _v.attempts SET outcome = 'applied';             -- fails
DELETE FROM _v.attempts;                                -- fails
TRUNCATE _v.attempts;                                   -- fails

-- With one noted, nothing is added to history by hand, either.
INSERT INTO _v.history (event, happened_at) VALUES ('applied', now()); -- fails

REVOKE ALL ON _v.patches FROM regress_versioning_deployer;
DROP ROLE regress_versioning_deployer, regress_versioning_other;
DROP EXTENSION versioning;
CREATE EXTENSION versioning;
