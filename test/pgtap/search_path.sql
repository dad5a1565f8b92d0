-- Whatever the search_path finds first, the functions do the same.

BEGIN;
SELECT plan(12);

DELETE FROM _v.patches;
CREATE TEMPORARY TABLE result (step serial, value text);

-- A schema that is all traps: each operator and function says that it was
-- called.

CREATE SCHEMA versioning_test_traps;
SET LOCAL search_path = versioning_test_traps, pg_catalog;

CREATE FUNCTION trap() RETURNS void LANGUAGE plpgsql
AS $$BEGIN RAISE EXCEPTION 'trapped'; END$$;
CREATE TABLE patches (patch_name text PRIMARY KEY, applied_tsz timestamptz,
                      applied_by text, requires text[], conflicts text[]);
INSERT INTO patches (patch_name) VALUES ('trap');
CREATE DOMAIN text AS pg_catalog.text CHECK (false);

DO $do$
DECLARE
    declaration pg_catalog.text;
BEGIN
    FOREACH declaration IN ARRAY ARRAY[
        'now() RETURNS timestamptz',
        'array_position(anyarray, anyelement) RETURNS integer',
        'array_agg(anyelement) RETURNS anyarray',
        'unnest(anyarray) RETURNS SETOF anyelement',
        'cardinality(anyarray) RETURNS integer',
        'texteq(pg_catalog.text, pg_catalog.text) RETURNS boolean',
        'register_patch(pg_catalog.text) RETURNS SETOF integer',
        'equal(pg_catalog.text, pg_catalog.text) RETURNS boolean',
        'equal(pg_catalog.text[], pg_catalog.text[]) RETURNS boolean',
        'concatenate(pg_catalog.text, pg_catalog.text) RETURNS pg_catalog.text',
        'concatenate(pg_catalog.text[], pg_catalog.text[]) RETURNS pg_catalog.text[]']
    LOOP
        EXECUTE 'CREATE FUNCTION ' || declaration || $$ LANGUAGE plpgsql
            AS 'BEGIN RAISE EXCEPTION ''trapped''; END'$$;
    END LOOP;
    FOREACH declaration IN ARRAY ARRAY['=', '<>', '<', '>', '@>', '<@', '&&']
    LOOP
        EXECUTE 'CREATE OPERATOR ' || declaration
            || ' (FUNCTION = equal, LEFTARG = pg_catalog.text, RIGHTARG = pg_catalog.text)';
        EXECUTE 'CREATE OPERATOR ' || declaration
            || ' (FUNCTION = equal, LEFTARG = pg_catalog.text[], RIGHTARG = pg_catalog.text[])';
    END LOOP;
    CREATE OPERATOR || (FUNCTION = concatenate, LEFTARG = pg_catalog.text,
                        RIGHTARG = pg_catalog.text);
    CREATE OPERATOR || (FUNCTION = concatenate, LEFTARG = pg_catalog.text[],
                        RIGHTARG = pg_catalog.text[]);
END
$do$;

-- Everything that the functions do, once, with a given search_path.
CREATE FUNCTION pg_temp.tour() RETURNS pg_catalog.text[] LANGUAGE plpgsql
AS $$
DECLARE
    said pg_catalog.text[] := '{}';
    statement pg_catalog.text;
    message pg_catalog.text;
BEGIN
    FOREACH statement IN ARRAY ARRAY[
        '_v.register_patch(''a'')',
        '_v.register_patch(''b'', ''{a}'', ''{c}'')',
        '_v.register_patch(''a'')',
        '_v.register_patch(''c'')',
        '_v.register_patch(''d'', ''{e}'')',
        '_v.try_register_patch(''f'')',
        '_v.assert_patch_is_applied(''a'')',
        '_v.assert_patch_is_applied(''trap'')',
        '_v.assert_user_is_superuser()',
        '_v.assert_user_is_one_of(''nobody'')',
        '_v.unregister_patch(''a'')',
        '_v.unregister_patch(''trap'')',
        '_v.unregister_patch(''b'')',
        '_v.unregister_patch(''a'')',
        '_v.unregister_patch(''f'')']
    LOOP
        message := NULL;
        BEGIN
            EXECUTE 'SELECT * FROM ' OPERATOR(pg_catalog.||) statement INTO message;
        EXCEPTION WHEN OTHERS THEN
            message := SQLERRM;
        END;
        said := pg_catalog.array_append(said, message);
    END LOOP;
    RETURN said;
END
$$;

CREATE FUNCTION pg_temp.expected() RETURNS pg_catalog.text[]
LANGUAGE sql AS $$
    SELECT ARRAY[NULL, NULL, 'Patch a is already applied!',
        'Versioning patches conflict. Conflicting patche(s) installed: b.',
        'Missing prerequisite(s): e.', 'true', 'Patch a is applied.',
        'Patch trap is not applied!', 'assert_user_is_superuser: OK',
        'User is not one of: {nobody} - cannot continue.',
        'Cannot uninstall a, as it is required by: b.',
        'Patch trap is not installed, so it can''t be uninstalled!',
        NULL, NULL, NULL]
$$;

INSERT INTO pg_temp.result (value) SELECT pg_temp.tour()::pg_catalog.text;
SET LOCAL search_path = '';
INSERT INTO pg_temp.result (value) SELECT pg_temp.tour()::pg_catalog.text;
SET LOCAL search_path = pg_temp, versioning_test_traps, pg_catalog;
INSERT INTO pg_temp.result (value) SELECT pg_temp.tour()::pg_catalog.text;
CREATE TEMPORARY TABLE patches (patch_name int);
INSERT INTO pg_temp.result (value) SELECT pg_temp.tour()::pg_catalog.text;
SET LOCAL search_path = does_not_exist;
INSERT INTO pg_temp.result (value) SELECT pg_temp.tour()::pg_catalog.text;
RESET search_path;

SELECT is(value, pg_temp.expected()::text,
          (ARRAY['operators, functions, types and a table of that name come first',
                 'an empty search_path', 'pg_temp comes first',
                 'a temporary table patches', 'a schema that is not there'])[step])
  FROM result ORDER BY step;

SELECT throws_ok($$SELECT 'a'::text OPERATOR(versioning_test_traps.=) 'a'::text$$,
                 'P0001', 'trapped', 'the traps do snap');
SELECT is((SELECT array_agg(patch_name::text) FROM versioning_test_traps.patches),
          '{trap}', 'the other table is as it was');
SELECT is((SELECT count(*) FROM pg_temp.patches), 0::bigint,
          'so is the temporary one');
SELECT is((SELECT count(*) FROM _v.patches), 0::bigint);

-- Inside a function with a search_path of its own

CREATE FUNCTION pg_temp.patch() RETURNS void LANGUAGE plpgsql
SET search_path = '' AS $$
BEGIN
    PERFORM _v.register_patch('inside');
    PERFORM _v.register_patch('inside-2', ARRAY['inside']);
END
$$;
SELECT lives_ok('SELECT pg_temp.patch()', 'in a function with SET search_path');
SELECT throws_ok($$SELECT _v.unregister_patch('inside')$$, 'P0001',
                 'Cannot uninstall inside, as it is required by: inside-2.');
SET LOCAL search_path = _v, public;
SELECT lives_ok($$SELECT register_patch('unqualified')$$,
                'with _v in the search_path no prefix is needed');
RESET search_path;

SELECT * FROM finish();
ROLLBACK;
