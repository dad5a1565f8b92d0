-- A name or an array that can only be a mistake is refused, with the name of
-- the argument in the message.

BEGIN;
SELECT plan(31);

CREATE TEMPORARY TABLE before AS SELECT * FROM _v.patches;

-- Names

SELECT throws_ok('SELECT _v.register_patch(NULL)', '22004',
                 'in_patch_name must not be null');
SELECT throws_ok($$SELECT _v.register_patch(NULL, '{}')$$, '22004',
                 'in_patch_name must not be null');
SELECT throws_ok('SELECT _v.register_patch(NULL, NULL, NULL)', '22004',
                 'in_patch_name must not be null');
SELECT throws_ok('SELECT _v.try_register_patch(NULL)', '22004',
                 'in_patch_name must not be null');
SELECT throws_ok('SELECT _v.unregister_patch(NULL)', '22004',
                 'in_patch_name must not be null');
SELECT throws_ok('SELECT _v.assert_patch_is_applied(NULL)', '22004',
                 'in_patch_name must not be null');
SELECT throws_ok($$SELECT _v.register_patch('')$$, '22023',
                 'in_patch_name must not be empty');
SELECT throws_ok($$SELECT _v.register_patch('', NULL, NULL)$$, '22023',
                 'in_patch_name must not be empty');
SELECT throws_ok($$SELECT _v.try_register_patch('')$$, '22023',
                 'in_patch_name must not be empty');
SELECT throws_ok($$SELECT _v.unregister_patch('')$$, '22023',
                 'in_patch_name must not be empty');
SELECT throws_ok($$SELECT _v.assert_patch_is_applied('')$$, '22023',
                 'in_patch_name must not be empty');

-- Elements

SELECT throws_matching($$SELECT _v.register_patch('a', '{NULL}')$$,
                       '^element 1 of in_requirements must not be null$');
SELECT throws_matching($$SELECT _v.register_patch('a', '{b,NULL}')$$,
                       '^element 2 of in_requirements must not be null$');
SELECT throws_matching($$SELECT _v.register_patch('a', '{}', '{b,c,NULL}')$$,
                       '^element 3 of in_conflicts must not be null$');
SELECT throws_matching($$SELECT _v.register_patch('a', '{""}')$$,
                       '^element 1 of in_requirements must not be empty$');
SELECT throws_matching($$SELECT _v.register_patch('a', NULL, '{b,""}')$$,
                       '^element 2 of in_conflicts must not be empty$');
SELECT throws_ok($$SELECT _v.register_patch('a', '{b,NULL}')$$, '22004');
SELECT throws_ok($$SELECT _v.register_patch('a', '{b,""}')$$, '22023');
SELECT throws_ok($$SELECT _v.register_patch('a', NULL, '{NULL}')$$, '22004');
SELECT throws_ok($$SELECT _v.register_patch('a', NULL, '{""}')$$, '22023');

-- Dimensions

SELECT throws_ok($$SELECT _v.register_patch('a', '{{b,c}}')$$, '2202E',
                 'in_requirements must be a one-dimensional array');
SELECT throws_ok($$SELECT _v.register_patch('a', '{{b},{c}}')$$, '2202E');
SELECT throws_ok($$SELECT _v.register_patch('a', NULL, '{{b}}')$$, '2202E',
                 'in_conflicts must be a one-dimensional array');
SELECT throws_ok($$SELECT _v.register_patch('a', '{{{{{{b}}}}}}')$$, '2202E');
SELECT throws_ok($$SELECT _v.try_register_patch('a', '{{b,c}}')$$, '2202E');
-- Types

SELECT throws_ok('SELECT _v.register_patch(1)', '42883', NULL,
                 'a number is not a name');
SELECT throws_ok('SELECT _v.register_patch()', '42883');
SELECT throws_ok($$SELECT _v.register_patch('a', 'b')$$, '22P02', NULL,
                 'text is not an array');
SELECT throws_ok('SELECT _v.assert_user_is_one_of(VARIADIC NULL)', '22004',
                 'p_acceptable_users must not be null');
SELECT throws_ok('SELECT _v.assert_user_is_one_of()', '42883');

SELECT set_eq('SELECT * FROM _v.patches', 'SELECT * FROM before',
              'none of it has changed the register');

SELECT * FROM finish();
ROLLBACK;
