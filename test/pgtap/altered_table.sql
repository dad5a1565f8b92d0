-- A table _v.patches that is not what it was: the functions say what is wrong
-- and what to do, and never read or write what they cannot know.

BEGIN;
SELECT plan(38);
SET LOCAL client_min_messages = warning;

DELETE FROM _v.patches;
SELECT _v.register_patch('base');
SELECT _v.register_patch('users', '{base}', '{rival}');

-- What the statement raises after a change, which is then undone. If fix is
-- not NULL, that is run in between: the hint, if it is 'hint'.
CREATE FUNCTION pg_temp.after(change text, statement text,
                              fix text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
    hint text;
    said text := 'done';
BEGIN
    BEGIN
        EXECUTE change;
        FOR i IN 1 .. CASE WHEN fix IS NULL THEN 1 ELSE 2 END LOOP
            BEGIN
                said := 'done';
                EXECUTE statement;
            EXCEPTION WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
                    message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
                said := state || ' ' || message;
            END;
            IF i = 1 AND fix IS NOT NULL THEN
                EXECUTE CASE fix WHEN 'hint'
                             THEN replace(hint, 'Create it with ', '')
                             ELSE fix END;
            END IF;
        END LOOP;
        RAISE EXCEPTION 'undo' USING ERRCODE = 'ZZ001';
    EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
        RETURN said;
    END;
END
$$;

SELECT is(pg_temp.after('SELECT', 'SELECT _v.unregister_patch(''base'')'),
          'P0001 Cannot uninstall base, as it is required by: users.');
SELECT is(pg_temp.after('SELECT', 'SELECT _v.register_patch(''new'')'), 'done');

-- Indexes

SELECT matches(pg_temp.after('DROP INDEX _v.patches_requires_idx',
                             'SELECT _v.unregister_patch(''base'')'),
               '55000 .*patches_requires_idx',
               'the index on requires is gone');
SELECT is(pg_temp.after('DROP INDEX _v.patches_requires_idx',
                        'SELECT _v.unregister_patch(''base'')', 'hint'),
          'P0001 Cannot uninstall base, as it is required by: users.',
          'its hint puts it back');
SELECT matches(pg_temp.after('DROP INDEX _v.patches_conflicts_idx',
                             'SELECT _v.register_patch(''rival'')'),
               '55000 .*patches_conflicts_idx',
               'the index on conflicts is gone');
SELECT is(pg_temp.after('DROP INDEX _v.patches_conflicts_idx',
                        'SELECT _v.register_patch(''rival'')', 'hint'),
          'P0001 Versioning patches conflict. Conflicting patche(s) installed: users.',
          'its hint puts it back');
SELECT is(pg_temp.after('REINDEX TABLE _v.patches',
                        'SELECT _v.unregister_patch(''base'')'),
          'P0001 Cannot uninstall base, as it is required by: users.',
          'after REINDEX');
SELECT is(pg_temp.after('CLUSTER _v.patches USING patches_pkey',
                        'SELECT _v.unregister_patch(''base'')'),
          'P0001 Cannot uninstall base, as it is required by: users.',
          'after CLUSTER');
SELECT matches(pg_temp.after('ALTER TABLE _v.patches DROP CONSTRAINT patches_pkey',
                             'SELECT _v.' || call), '55000 .*primary key',
               'the primary key is gone: ' || call)
  FROM unnest(ARRAY['register_patch(''new'')', 'unregister_patch(''base'')',
                    'assert_patch_is_applied(''base'')']) call;
SELECT is(pg_temp.after('ALTER TABLE _v.patches DROP CONSTRAINT patches_pkey',
                        'SELECT _v.register_patch(''base'')', 'hint'),
          'P0001 Patch base is already applied!',
          'its hint puts it back');
SELECT matches(pg_temp.after('ALTER TABLE _v.patches DROP CONSTRAINT patches_pkey,
                                  ADD PRIMARY KEY (patch_name, applied_tsz)',
                             'SELECT _v.register_patch(''base'')'),
               '55000 .*primary key', 'a primary key on more');
SELECT is(pg_temp.after('ALTER TABLE _v.patches DROP CONSTRAINT patches_pkey,
                             ADD PRIMARY KEY (patch_name) INCLUDE (applied_by)',
                        'SELECT _v.register_patch(''base'')'),
          'P0001 Patch base is already applied!',
          'a primary key that includes a column');

-- Indexes of the same name on something else: they answer another question

SELECT matches(pg_temp.after(
    'DROP INDEX _v.patches_requires_idx; CREATE INDEX patches_requires_idx '
    || index, 'SELECT _v.unregister_patch(''base'')'),
    '55000 .*patches_requires_idx|P0001 Cannot uninstall base',
    'does not miss a dependent with an index ' || index)
  FROM unnest(ARRAY['ON _v.patches (patch_name)',
                    'ON _v.patches USING gin (conflicts)',
                    'ON _v.patches USING gin (requires) WHERE false',
                    'ON _v.patches USING gin ((requires || conflicts))',
                    'ON _v.patches USING gin ((conflicts || conflicts))',
                    'ON _v.patches USING gin (to_tsvector(''simple'', patch_name))']) index;

-- Columns

SELECT matches(pg_temp.after('ALTER TABLE _v.patches DROP COLUMN ' || name
                             || ' CASCADE',
                             'SELECT _v.register_patch(''new'')'),
               '(42703|55000) .*' || name, 'without column ' || name)
  FROM unnest(ARRAY['patch_name', 'applied_tsz', 'applied_by', 'requires',
                    'conflicts']) name;
SELECT matches(pg_temp.after(format('ALTER TABLE _v.patches RENAME %s TO other',
                                    name),
                             'SELECT _v.register_patch(''new'')'),
               '(42703|55000) .*' || name, 'with column ' || name || ' renamed')
  FROM unnest(ARRAY['patch_name', 'applied_tsz', 'applied_by', 'requires',
                    'conflicts']) name;

-- Types: each call ends in an error that is about the table

SELECT matches(
    pg_temp.after('ALTER TABLE _v.patches ALTER COLUMN applied_tsz DROP DEFAULT;
                   DROP INDEX _v.patches_requires_idx;
                   ALTER TABLE _v.patches ALTER COLUMN ' || change,
                  'SELECT _v.' || call),
    '^(42804|55000) .*' || split_part(change, ' ', 1), change || ': ' || call)
  FROM unnest(ARRAY[
      'patch_name TYPE bigint USING length(patch_name)',
      'patch_name TYPE name',
      'applied_tsz TYPE text',
      'applied_tsz TYPE timestamp',
      'applied_by TYPE integer USING 1',
      'applied_by TYPE varchar(1) USING 1',
      'requires TYPE integer[] USING ''{}''',
      'requires TYPE text USING ''''']) change,
    unnest(ARRAY['register_patch(''new'')']) call;

SELECT * FROM finish();
ROLLBACK;
