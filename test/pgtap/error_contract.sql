-- Each refusal has the text of depesz's Versioning to the letter, SQLSTATE
-- P0001, and all names in it.

BEGIN;
SELECT plan(50);

-- What a statement raises.
CREATE FUNCTION pg_temp.raised(statement text, OUT state text,
                               OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
        message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
END
$$;

DELETE FROM _v.patches;
SELECT lives_ok($$SELECT _v.register_patch('base')$$);
SELECT lives_ok($$SELECT _v.register_patch('users', '{base}')$$);
SELECT lives_ok($$SELECT _v.register_patch('loner', '{}', '{rival,enemy}')$$);
SELECT lives_ok($$SELECT _v.register_patch('grump', '{}', '{enemy}')$$);

-- Registered already

SELECT throws_ok($$SELECT _v.register_patch('base')$$,
                 'P0001', 'Patch base is already applied!');
SELECT throws_ok($$SELECT _v.register_patch('base', NULL)$$,
                 'P0001', 'Patch base is already applied!');
SELECT throws_ok($$SELECT _v.register_patch('base', NULL, NULL)$$,
                 'P0001', 'Patch base is already applied!');
SELECT is(detail, format('It was applied at %s by %s.', now(), current_user),
          'the detail says when and by whom')
  FROM pg_temp.raised($$SELECT _v.register_patch('base')$$);
SELECT throws_ok($$SELECT _v.register_patch('Base', '{nothing}')$$,
                 'P0001', 'Missing prerequisite(s): nothing.',
                 'upper and lower case are two names');
SELECT throws_ok($$SELECT _v.register_patch(' base', '{nothing}')$$,
                 'P0001', 'Missing prerequisite(s): nothing.',
                 'white space is part of a name');

-- Conflicts

SELECT throws_ok($$SELECT _v.register_patch('new', NULL, '{users}')$$, 'P0001',
    'Versioning patches conflict. Conflicting patche(s) installed: users.',
    'the new patch names an installed one');
SELECT throws_ok($$SELECT _v.register_patch('rival')$$, 'P0001',
    'Versioning patches conflict. Conflicting patche(s) installed: loner.',
    'an installed patch names the new one');
SELECT throws_ok($$SELECT _v.register_patch('enemy')$$, 'P0001',
    'Versioning patches conflict. Conflicting patche(s) installed: loner, grump.',
    'two installed patches name the new one');
SELECT throws_ok(
    $$SELECT _v.register_patch('new', NULL, '{users,nobody,base}')$$, 'P0001',
    'Versioning patches conflict. Conflicting patche(s) installed: base, users.',
    'installed ones only, all of them, in the order of registration');
SELECT throws_ok(
    $$SELECT _v.register_patch('rival', NULL, '{users,users,base,users}')$$,
    'P0001',
    'Versioning patches conflict. Conflicting patche(s) installed: base, users, loner.',
    'both directions together, each once');
SELECT throws_ok($$SELECT _v.register_patch('rival', NULL, '{loner}')$$,
    'P0001',
    'Versioning patches conflict. Conflicting patche(s) installed: loner.',
    'a patch that is meant by both is listed once');
SELECT is(detail, E'Patch "rival" declares a conflict with "base", which is installed.\n'
                  'Patch "loner", which is installed, declares a conflict with "rival".',
          'the detail says which of the two declares the conflict')
  FROM pg_temp.raised($$SELECT _v.register_patch('rival', NULL, '{base}')$$);
SELECT isnt(hint, '', 'a hint says what to do about a conflict')
  FROM pg_temp.raised($$SELECT _v.register_patch('rival')$$);
SELECT lives_ok($$SELECT _v.register_patch('own', NULL, '{own}')$$,
                'a patch may name itself as conflict before it is there');
SELECT throws_ok($$SELECT _v.register_patch('own')$$, 'P0001',
                 'Patch own is already applied!');

-- Requirements

SELECT throws_ok($$SELECT _v.register_patch('new', '{nope}')$$,
                 'P0001', 'Missing prerequisite(s): nope.');
SELECT throws_ok($$SELECT _v.register_patch('new', '{z,base,a}')$$,
                 'P0001', 'Missing prerequisite(s): z, a.',
                 'two of three are missing: both, in the order given');
SELECT throws_ok($$SELECT _v.register_patch('new', '{z,a,z,z,a,m}')$$,
                 'P0001', 'Missing prerequisite(s): z, a, m.',
                 'each once');
SELECT throws_ok($$SELECT _v.register_patch('new', '{new}')$$,
                 'P0001', 'Missing prerequisite(s): new.',
                 'a patch cannot require itself');
SELECT matches(detail, E'"new".*\n *z\n *a$',
               'the detail has the missing names one a line')
  FROM pg_temp.raised($$SELECT _v.register_patch('new', '{z,a}')$$);
SELECT isnt(hint, '', 'a hint says what to do about missing requirements')
  FROM pg_temp.raised($$SELECT _v.register_patch('new', '{z,a}')$$);

-- Order of the checks

SELECT throws_ok($$SELECT _v.register_patch('base', '{nope}', '{users}')$$,
                 'P0001', 'Patch base is already applied!',
                 'registered already comes before conflict and requirement');
SELECT throws_ok($$SELECT _v.register_patch('new', '{nope}', '{users}')$$,
    'P0001',
    'Versioning patches conflict. Conflicting patche(s) installed: users.',
    'conflict comes before requirement');
SELECT throws_ok($$SELECT _v.register_patch('rival', '{nope}')$$, 'P0001',
    'Versioning patches conflict. Conflicting patche(s) installed: loner.',
    'so does a conflict that an installed patch declares');
SELECT is((SELECT array_agg(patch_name ORDER BY patch_name) FROM _v.patches),
          '{base,grump,loner,own,users}',
          'what was refused left no row');

-- Un-registration

SELECT throws_ok($$SELECT _v.unregister_patch('base')$$, 'P0001',
                 'Cannot uninstall base, as it is required by: users.');
SELECT lives_ok($$SELECT _v.register_patch('sessions', '{users,base}')$$);
SELECT throws_ok($$SELECT _v.unregister_patch('base')$$, 'P0001',
                 'Cannot uninstall base, as it is required by: users, sessions.',
                 'all that require it, in the order of registration');
SELECT matches(detail, E'\n *users\n *sessions$',
               'the detail has them one a line')
  FROM pg_temp.raised($$SELECT _v.unregister_patch('base')$$);
SELECT isnt(hint, '', 'a hint says what to do about them')
  FROM pg_temp.raised($$SELECT _v.unregister_patch('base')$$);
SELECT throws_ok($$SELECT _v.unregister_patch('nope')$$, 'P0001',
                 $$Patch nope is not installed, so it can't be uninstalled!$$);
SELECT isnt(hint, '', 'a hint says how to list what is installed')
  FROM pg_temp.raised($$SELECT _v.unregister_patch('nope')$$);
INSERT INTO _v.patches (patch_name, applied_by, requires)
VALUES ('orphan', 'someone', '{gone}');
SELECT throws_ok($$SELECT _v.unregister_patch('gone')$$, 'P0001',
                 'Cannot uninstall gone, as it is required by: orphan.',
                 'required by comes before not installed');
SELECT lives_ok($$SELECT _v.unregister_patch('loner')$$,
                'a patch that is only named as a conflict can go');
SELECT lives_ok($$SELECT _v.register_patch('rival')$$,
                'its conflicts go with it');

-- Assertions

SELECT throws_ok($$SELECT _v.assert_patch_is_applied('nope')$$,
                 'P0001', 'Patch nope is not applied!');
SELECT is(_v.assert_patch_is_applied('base'), 'Patch base is applied.');
SELECT is(_v.assert_user_is_superuser(), 'assert_user_is_superuser: OK');
SELECT throws_ok('SELECT _v.assert_user_is_not_superuser()', 'P0001',
                 'Current user is superuser - cannot continue.');
SELECT throws_ok($$SELECT _v.assert_user_is_one_of('ann', 'bob')$$, 'P0001',
                 'User is not one of: {ann,bob} - cannot continue.');
SELECT throws_ok($$SELECT _v.assert_user_is_one_of('a b', 'x"y', NULL)$$,
                 'P0001',
                 $$User is not one of: {"a b","x\"y",NULL} - cannot continue.$$,
                 'the names as PostgreSQL prints an array');
SELECT is(_v.assert_user_is_one_of('bob', NULL, current_user),
          'assert_user_is_one_of: OK');

CREATE ROLE versioning_test_ordinary;
SET LOCAL ROLE versioning_test_ordinary;
SELECT is(_v.assert_user_is_not_superuser(),
          'assert_user_is_not_superuser: OK');
SELECT throws_ok('SELECT _v.assert_user_is_superuser()', 'P0001',
                 'Current user is not superuser - cannot continue.');
SELECT is(_v.assert_user_is_one_of('versioning_test_ordinary'),
          'assert_user_is_one_of: OK', 'current_user counts, not session_user');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
