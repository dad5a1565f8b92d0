-- Ways to call the functions, and what each leaves in the register.

BEGIN;
SELECT plan(52);

DELETE FROM _v.patches;

-- The arguments that a patch was registered with.
CREATE FUNCTION pg_temp.lists(name text) RETURNS text LANGUAGE sql AS $$
    SELECT requires::text || conflicts::text FROM _v.patches
     WHERE patch_name = name
$$;

SELECT lives_ok($$SELECT _v.register_patch('base')$$, 'one argument');

-- pgTAP's results_eq compares whole rows, and so do people who wrote tests
-- with it.
SELECT lives_ok(
    $$SELECT installed IS DISTINCT FROM expected
        FROM (SELECT patch_name, requires, conflicts FROM _v.patches) installed,
             (SELECT 'base'::text, '{}'::text[], '{}'::text[]) expected$$,
    'rows of _v.patches compare with rows of values');
SELECT results_eq('SELECT applied_tsz FROM _v.patches', 'SELECT now()',
                  'applied_tsz is the start of the transaction');

-- Arities, positional and named

SELECT is((SELECT count(*) FROM _v.register_patch('from-1')), 0::bigint,
          'no row in FROM: one argument');
SELECT is((SELECT count(*) FROM _v.register_patch('from-2', '{base}')),
          0::bigint, 'no row in FROM: two arguments');
SELECT is((SELECT count(*) FROM _v.register_patch('from-3', '{base}', '{x}')),
          0::bigint, 'no row in FROM: three arguments');
SELECT is(pg_temp.lists('from-1'), '{}{}');
SELECT is(pg_temp.lists('from-2'), '{base}{}');
SELECT is(pg_temp.lists('from-3'), '{base}{x}');
SELECT is_empty($$SELECT _v.register_patch('select-1')$$,
                'no row in SELECT: one argument');
SELECT is_empty($$SELECT _v.register_patch('select-2', '{base}')$$,
                'no row in SELECT: two arguments');
SELECT is_empty($$SELECT _v.register_patch('select-3', '{base}', '{x}')$$,
                'no row in SELECT: three arguments');
SELECT is_empty($$SELECT * FROM _v.register_patch('star', NULL, NULL)$$,
                'no row of SELECT *');
SELECT is_empty($$SELECT versioning FROM _v.register_patch('column', NULL, NULL)$$,
                'the column is called versioning');
SELECT is_empty($$SELECT 1, _v.register_patch('beside')$$,
                'no row beside another column');
SELECT lives_ok($$SELECT _v.register_patch(in_patch_name => 'arrow-1')$$);
SELECT lives_ok($$SELECT _v.register_patch(
    in_requirements => '{base}', in_patch_name => 'arrow-2')$$);
SELECT lives_ok($$SELECT _v.register_patch(
    in_conflicts => '{x}', in_requirements => '{base}',
    in_patch_name => 'arrow-3')$$);
SELECT is(pg_temp.lists('arrow-3'), '{base}{x}');
SELECT lives_ok($$SELECT _v.register_patch(
    in_patch_name := 'assign-3', in_requirements := ARRAY['base'],
    in_conflicts := NULL)$$);
SELECT lives_ok($$SELECT _v.register_patch('mixed', in_requirements => '{base}')$$);
SELECT lives_ok($$SELECT _v.register_patch('array', ARRAY['base', 'mixed'], NULL)$$);
SELECT is(pg_temp.lists('array'), '{base,mixed}{}', 'order is kept');

-- NULL and empty arrays are both stored as {}

SELECT lives_ok($$SELECT _v.register_patch('nulls', NULL, NULL)$$);
SELECT is(pg_temp.lists('nulls'), '{}{}', 'NULL arrays are stored as {}');
SELECT lives_ok($$SELECT _v.register_patch('null-2', NULL)$$);
SELECT is(pg_temp.lists('null-2'), '{}{}');
SELECT lives_ok($$SELECT _v.register_patch('empty', '{}', ARRAY[]::text[])$$);
SELECT is(pg_temp.lists('empty'), '{}{}');
SELECT lives_ok($$SELECT _v.register_patch('no-requirement', NULL, '{x}')$$);
SELECT is(pg_temp.lists('no-requirement'), '{}{x}');

-- applied_by is the current user

CREATE ROLE versioning_test_writer;
GRANT INSERT, DELETE ON _v.patches TO versioning_test_writer;
SET LOCAL ROLE versioning_test_writer;
SELECT lives_ok($$SELECT _v.register_patch('as-another')$$);
RESET ROLE;
SELECT is(applied_by, 'versioning_test_writer', 'applied_by is current_user')
  FROM _v.patches WHERE patch_name = 'as-another';

-- PL/pgSQL

SELECT lives_ok($code$DO $$
DECLARE
    nothing integer;
BEGIN
    PERFORM _v.register_patch('perform');
    SELECT _v.register_patch('into') INTO nothing;
    nothing := _v.register_patch('assigned');
    PERFORM * FROM _v.register_patch('perform-from', ARRAY['perform'], NULL);
    IF FOUND OR nothing IS NOT NULL THEN
        RAISE EXCEPTION 'there was a row';
    END IF;
END $$$code$, 'each way to call it from PL/pgSQL');
SELECT is((SELECT count(*) FROM _v.patches
            WHERE patch_name IN ('perform', 'into', 'assigned', 'perform-from')),
          4::bigint);

-- Un-registration

SELECT is_empty($$SELECT _v.unregister_patch('star')$$, 'no row in SELECT');
SELECT is_empty($$SELECT versioning FROM _v.unregister_patch('column')$$,
                'no row in FROM, with a column versioning');
SELECT lives_ok($$SELECT _v.unregister_patch(in_patch_name => 'beside')$$);
SELECT is((SELECT count(*) FROM _v.patches
            WHERE patch_name IN ('star', 'column', 'beside')), 0::bigint);
SELECT lives_ok($$SELECT _v.register_patch('star', '{base}')$$,
                'a name is free again after that');

-- try_register_patch

SET LOCAL client_min_messages = error;
SELECT is(_v.try_register_patch('try'), true);
SELECT is(_v.try_register_patch('try-2', '{base}'), true);
SELECT is(_v.try_register_patch('try-3', '{base}', '{x}'), true);
SELECT is(pg_temp.lists('try-3'), '{base}{x}');
SELECT is(_v.try_register_patch('try-named', in_conflicts => '{x}'), true);
SELECT is(_v.try_register_patch('try'), false, 'false if it is applied');
SELECT is(_v.try_register_patch('x'), false, 'false if there is a conflict');
SELECT is(_v.try_register_patch('new', '{missing}'), false,
          'false if a requirement is missing');
SELECT is((SELECT count(*) FROM _v.patches WHERE patch_name IN ('x', 'new')),
          0::bigint, 'and then there is no row');
SELECT throws_ok('SELECT _v.try_register_patch(NULL)', '22004', NULL,
                 'a NULL name is an error all the same');
SELECT throws_ok($$SELECT _v.try_register_patch('')$$, '22023', NULL);
SELECT throws_ok($$SELECT _v.try_register_patch('new', '{base,NULL}')$$,
                 '22004');

SELECT * FROM finish();
ROLLBACK;
