-- Each arity registers, and returns no rows.
SELECT _v.register_patch('one');
SELECT _v.register_patch('two', ARRAY['one']);
SELECT _v.register_patch('three', ARRAY['one', 'two'], ARRAY['never']);
SELECT * FROM _v.register_patch('four', NULL, NULL);
SELECT _v.register_patch(in_patch_name => 'five', in_requirements => '{four}');
SELECT _v.register_patch(in_conflicts := '{never}', in_patch_name := 'six',
                         in_requirements := NULL);

-- The register tells what is applied, when and by whom.
SELECT patch_name, requires, conflicts,
       applied_tsz BETWEEN now() - interval '1 hour' AND now() AS recent,
       applied_by = current_user AS mine
  FROM _v.patches ORDER BY patch_name;

-- The time is that of the transaction.
BEGIN;
SELECT _v.register_patch('seven');
SELECT applied_tsz = now() AS same FROM _v.patches WHERE patch_name = 'seven';
ROLLBACK;

-- A patch is not applied twice. (The detail says when it was, and by whom.)
\set VERBOSITY terse
SELECT _v.register_patch('one');        -- fails
\set VERBOSITY default

-- Not before what it requires: all that is missing is said, each name once.
SELECT _v.register_patch('eight', ARRAY['x', 'one', 'y', 'x']);     -- fails

-- Not beside what it conflicts with, ...
SELECT _v.register_patch('eight', NULL, ARRAY['two', 'x', 'one']);  -- fails
-- ... whichever of the two says so, ...
SELECT _v.register_patch('never');                                  -- fails
-- ... or both.
SELECT _v.register_patch('never', NULL, ARRAY['six', 'one']);       -- fails

-- Conflicts are checked before requirements.
SELECT _v.register_patch('eight', ARRAY['x'], ARRAY['one']);        -- fails

-- Nothing of what failed is there.
SELECT count(*) FROM _v.patches;
DELETE FROM _v.patches;
