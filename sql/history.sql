CREATE EXTENSION versioning;
CREATE VIEW lately AS
SELECT event, patch_name, requires, conflicts, role_name = current_user AS mine,
       session_role_name = session_user AS my_session, application_name,
       happened_at BETWEEN now() AND clock_timestamp() AS now,
       transaction_id = pg_current_xact_id_if_assigned() AS here,
       source_file, left(source_sha256, 8) AS sha256, command
  FROM _v.history WHERE happened_at >= now() ORDER BY id;

-- What is registered and taken back is remembered, each with its circumstances.
SET application_name = 'history';
BEGIN;
SELECT _v.register_patch('one', NULL, '{never}');
SELECT _v.register_patch('two', '{one}');
SELECT _v.try_register_patch('three', '{one, two}');
\set VERBOSITY terse
SELECT _v.try_register_patch('three');
SELECT _v.unregister_patch('three');
SELECT _v.unregister_patch('two');
\x on
TABLE lately;
\x off
COMMIT;

-- The time is not that of the transaction, but the clock's.
SELECT count(*) = count(DISTINCT happened_at) AS differ,
       bool_and(happened_at > applied_tsz) AS later
  FROM _v.history, _v.patches;

-- A session may say which file it runs.
SET versioning.source_file = 'patches/four.sql';
SET versioning.source_sha256 = 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855';
BEGIN;
SELECT _v.register_patch('four');
SET LOCAL versioning.source_file = '';
SET LOCAL versioning.source_sha256 = '';
SELECT _v.unregister_patch('four');
SELECT event, source_file, sha256 FROM lately;
COMMIT;
SET versioning.source_sha256 = 'e3b0c442';              -- fails
SET versioning.source_sha256 = 'g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'; -- fails
SHOW versioning.source_sha256;
RESET versioning.source_file;
RESET versioning.source_sha256;

-- What was rolled back did not happen.
BEGIN;
SELECT _v.register_patch('five');
ROLLBACK;
BEGIN;
SELECT _v.register_patch('six');
SAVEPOINT s;
SELECT _v.unregister_patch('six');
ROLLBACK TO s;
SELECT event, patch_name FROM lately;
ROLLBACK;
SELECT _v.register_patch('one');                        -- fails
SELECT count(*) FROM _v.history WHERE patch_name IN ('five', 'six');

-- Nobody changes what happened.
UPDATE _v.history SET patch_name = 'other';             -- fails
DELETE FROM _v.history;                                 -- fails
TRUNCATE _v.history;                                    -- fails
SET session_replication_role = replica;
DELETE FROM _v.history WHERE id = 1;                    -- fails
RESET session_replication_role;
SELECT _v.refuse_to_forget();                           -- fails
SELECT event, patch_name FROM _v.history ORDER BY id;

-- Who may register a patch does not write history by hand.
CREATE ROLE regress_versioning_deployer;
GRANT INSERT, DELETE ON _v.patches TO regress_versioning_deployer;
SET ROLE regress_versioning_deployer;
SELECT _v.register_patch('six');
INSERT INTO _v.history (event, happened_at, role_name)
VALUES ('applied', now(), 'nobody');                    -- fails
DELETE FROM _v.history;                                 -- fails
SELECT nextval('_v.history_id_seq');                    -- fails
SELECT patch_name, role_name, session_role_name = session_user AS my_session
  FROM _v.history WHERE patch_name = 'six';
RESET ROLE;

-- Where history cannot be written nothing is registered.
ALTER TABLE _v.history RENAME TO past;
SELECT _v.register_patch('seven');                      -- fails
SELECT _v.unregister_patch('six');                      -- fails
ALTER TABLE _v.past RENAME TO history;
ALTER TABLE _v.history ADD CHECK (patch_name <> 'seven');
SELECT _v.register_patch('seven');                      -- fails
ALTER TABLE _v.history DROP CONSTRAINT history_patch_name_check;
DROP VIEW lately;
ALTER TABLE _v.history ALTER source_file TYPE varchar;
SELECT _v.register_patch('eight');                      -- fails
ALTER TABLE _v.history ALTER source_file TYPE text;
ALTER TABLE _v.history RENAME source_sha256 TO sha256;
SELECT _v.register_patch('eight');                      -- fails
ALTER TABLE _v.history RENAME sha256 TO source_sha256;
ALTER TABLE _v.history ADD note text, DROP command;
SELECT _v.register_patch('eight');                      -- fails
ALTER TABLE _v.history ADD command text;
SELECT _v.register_patch('eight');                      -- fails
ALTER TABLE _v.history DROP note;
SELECT _v.register_patch('eight');
SELECT patch_name FROM _v.patches ORDER BY applied_tsz;

-- A sequence that was restarted goes on where that says.
ALTER SEQUENCE _v.history_id_seq RESTART 1000;
SELECT _v.register_patch('nine');
SELECT _v.register_patch('ten');
SELECT patch_name, id FROM _v.history ORDER BY id DESC LIMIT 2;

REVOKE ALL ON _v.patches FROM regress_versioning_deployer;
DROP ROLE regress_versioning_deployer;
DROP EXTENSION versioning;
CREATE EXTENSION versioning;
