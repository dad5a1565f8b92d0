-- Any name goes in as it is, and comes back in messages as it is.
SELECT _v.register_patch('it''s "quoted", \ and 100% %s %n {a,b}');
SELECT _v.register_patch('two
lines', ARRAY['it''s "quoted", \ and 100% %s %n {a,b}']);
SELECT patch_name, requires FROM _v.patches ORDER BY patch_name;
SELECT _v.unregister_patch('it''s "quoted", \ and 100% %s %n {a,b}');   -- fails
SELECT _v.register_patch('%s', ARRAY['%d', '%']);                       -- fails
SELECT _v.unregister_patch('%s%n');                                     -- fails

-- Names are compared as they are written.
SELECT _v.register_patch('One');
SELECT _v.register_patch('one');
SELECT _v.register_patch(' one');
SELECT _v.assert_patch_is_applied('ONE');                               -- fails
DELETE FROM _v.patches;

-- As long as the index takes, and one byte more. These do not compress.
SELECT string_agg(md5(i::text), '' ORDER BY i) AS random
  FROM generate_series(1, 100) AS i \gset
SELECT _v.register_patch(left(:'random', 2692));
SELECT _v.register_patch(left(:'random', 2693));                        -- fails
SELECT _v.register_patch('x', NULL, ARRAY[left(:'random', 2800)]);      -- fails
SELECT _v.register_patch('x', ARRAY[left(:'random', 2692)]);
SELECT patch_name = left(:'random', 2692) AS there, length(patch_name)
  FROM _v.patches WHERE patch_name <> 'x';
DELETE FROM _v.patches;

-- 10,000 requirements, and each of them twice.
SELECT count(*) FROM generate_series(1, 10000) AS i,
       LATERAL _v.register_patch('patch ' || i);
SELECT _v.register_patch('all', array_agg(name))
  FROM (SELECT 'patch ' || i % 10000 + 1 FROM generate_series(1, 20000) AS i)
       AS names (name);
SELECT cardinality(requires) FROM _v.patches WHERE patch_name = 'all';
\set VERBOSITY terse
SELECT _v.unregister_patch('patch 5000');                               -- fails
SELECT _v.register_patch('more', ARRAY['z', 'patch 1', 'z', 'y', 'z']); -- fails
\set VERBOSITY default
DELETE FROM _v.patches;
