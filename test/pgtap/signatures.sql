-- The functions and the table have the names, types, defaults, comments and
-- grants that people's scripts rely on.

BEGIN;
SELECT plan(83);

-- Functions

CREATE TEMPORARY TABLE functions (
    name text, arguments text[], declared text, result text, returns_set bool);
INSERT INTO functions VALUES
    ('register_patch', '{text}',
     'in_patch_name text', 'SETOF integer', true),
    ('register_patch', '{text,text[]}',
     'in_patch_name text, in_requirements text[]', 'SETOF integer', true),
    ('register_patch', '{text,text[],text[]}',
     'in_patch_name text, in_requirements text[], in_conflicts text[], OUT versioning integer',
     'SETOF integer', true),
    ('try_register_patch', '{text,text[],text[]}',
     'in_patch_name text DEFAULT NULL::text, in_requirements text[] DEFAULT NULL::text[], in_conflicts text[] DEFAULT NULL::text[]',
     'boolean', false),
    ('unregister_patch', '{text}',
     'in_patch_name text DEFAULT NULL::text, OUT versioning integer', 'SETOF integer', true),
    ('assert_patch_is_applied', '{text}',
     'in_patch_name text', 'text', false),
    ('assert_user_is_superuser', '{}', '', 'text', false),
    ('assert_user_is_not_superuser', '{}', '', 'text', false),
    ('assert_user_is_one_of', '{text[]}',
     'VARIADIC p_acceptable_users text[]', 'text', false);

CREATE FUNCTION pg_temp.function_oid(name text, arguments text[])
RETURNS oid LANGUAGE sql AS $$
    SELECT to_regprocedure(format('_v.%I(%s)', name,
                                  array_to_string(arguments, ',')))
$$;

SELECT has_function('_v', name, arguments) FROM functions;
SELECT is(pg_get_function_arguments(pg_temp.function_oid(name, arguments)),
          declared,
          format('arguments of %s%s', name, arguments))
  FROM functions;
SELECT is(pg_get_function_result(pg_temp.function_oid(name, arguments)),
          result,
          format('result of %s%s', name, arguments))
  FROM functions;
SELECT volatility_is('_v', name, arguments, 'volatile') FROM functions;
SELECT isnt_strict('_v', name, arguments) FROM functions;
SELECT isnt_definer('_v', name, arguments) FROM functions;
SELECT function_lang_is('_v', name, arguments, 'c') FROM functions;
SELECT ok(bool_and(proparallel = 'u'),
          'none of them runs in a parallel worker')
  FROM functions JOIN pg_proc ON oid = pg_temp.function_oid(name, arguments);
SELECT ok(bool_and(has_function_privilege('public', oid, 'EXECUTE')),
          'PUBLIC may call each of them')
  FROM pg_proc WHERE pronamespace = '_v'::regnamespace;

-- Table

SELECT columns_are('_v', 'patches',
                   ARRAY['patch_name', 'applied_tsz', 'applied_by',
                         'requires', 'conflicts']);
SELECT results_eq(
    $$SELECT attname::text COLLATE "default", format_type(atttypid, atttypmod), attnotnull,
             pg_get_expr(adbin, adrelid) COLLATE "default"
        FROM pg_attribute LEFT JOIN pg_attrdef
             ON adrelid = attrelid AND adnum = attnum
       WHERE attrelid = '_v.patches'::regclass AND attnum > 0
       ORDER BY attnum$$,
    $$VALUES ('patch_name', 'text', true, NULL),
             ('applied_tsz', 'timestamp with time zone', true, 'now()'),
             ('applied_by', 'text', true, NULL),
             ('requires', 'text[]', false, NULL),
             ('conflicts', 'text[]', false, NULL)$$,
    'columns of _v.patches in their order: type, NOT NULL, default');
SELECT col_is_pk('_v', 'patches', ARRAY['patch_name']::name[],
                 'patch_name is the primary key');
SELECT is((SELECT relpersistence::text || relkind::text FROM pg_class
            WHERE oid = '_v.patches'::regclass), 'pr',
          '_v.patches is an ordinary, logged table');

-- Grants and ownership

SELECT is((SELECT string_agg(privilege_type, ',' ORDER BY privilege_type)
             FROM pg_namespace, aclexplode(nspacl)
            WHERE nspname = '_v' AND grantee = 0), 'USAGE',
          'PUBLIC has USAGE on the schema');
SELECT is((SELECT string_agg(privilege_type, ',' ORDER BY privilege_type)
             FROM pg_class, aclexplode(relacl)
            WHERE oid = '_v.patches'::regclass AND grantee = 0), 'SELECT',
          'PUBLIC has SELECT on the table');
SELECT is((SELECT count(*) FROM pg_depend
            WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
              AND refobjid = (SELECT oid FROM pg_extension
                               WHERE extname = 'versioning')
              AND (classid, objid) IN (
                  SELECT 'pg_namespace'::regclass, '_v'::regnamespace::oid
                  UNION ALL SELECT 'pg_class'::regclass, '_v.patches'::regclass
                  UNION ALL SELECT 'pg_proc'::regclass,
                                   pg_temp.function_oid(name, arguments)
                              FROM functions)), 11::bigint,
          'the schema, the table and the functions belong to the extension');
SELECT is((SELECT count(*) FROM (
               SELECT oid FROM pg_class
                WHERE relnamespace = '_v'::regnamespace
                  AND relkind NOT IN ('i', 'c')
               UNION ALL
               SELECT oid FROM pg_proc
                WHERE pronamespace = '_v'::regnamespace) AS found (oid)
            WHERE NOT EXISTS (SELECT FROM pg_depend
                               WHERE objid = found.oid AND deptype = 'e')),
          0::bigint, 'and so does all else in the schema');
SELECT is(pg_get_userbyid(extowner), current_user, 'the extension has its owner')
  FROM pg_extension WHERE extname = 'versioning';
SELECT schema_owner_is('_v', current_user);
SELECT table_owner_is('_v', 'patches', current_user);
SELECT ok(bool_and(pg_get_userbyid(proowner) = current_user),
          'the functions belong to the owner of the extension')
  FROM pg_proc WHERE pronamespace = '_v'::regnamespace;
SELECT ok('_v.patches'::regclass = ANY (extconfig)
          AND '' = ALL (extcondition),
          'pg_dump takes all rows of _v.patches')
  FROM pg_extension WHERE extname = 'versioning';

-- Comments

SELECT ok(bool_and(obj_description(oid, 'pg_proc') <> ''),
          'each function has a comment')
  FROM pg_proc WHERE pronamespace = '_v'::regnamespace;
SELECT ok(bool_and(col_description(attrelid, attnum) <> ''),
          'each column has a comment')
  FROM pg_attribute WHERE attrelid = '_v.patches'::regclass AND attnum > 0;
SELECT ok(obj_description('_v'::regnamespace, 'pg_namespace') <> '',
          'the schema has a comment');
SELECT ok(obj_description('_v.patches'::regclass, 'pg_class') <> '',
          'the table has a comment');
SELECT ok(comment <> '', 'the extension has a comment')
  FROM pg_available_extensions WHERE name = 'versioning';

SELECT * FROM finish();
ROLLBACK;
