-- A name may be any text that fits into the index, and comes back, in the
-- register and in messages, as it was given.

BEGIN;
SELECT plan(73);

DELETE FROM _v.patches;

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

-- Text that no compression makes shorter.
CREATE FUNCTION pg_temp.incompressible(bytes integer) RETURNS text
LANGUAGE sql AS $$
    SELECT left(string_agg(md5(i::text), '' ORDER BY i), bytes)
      FROM generate_series(1, bytes / 32 + 1) i
$$;

-- Odd names: each goes in, is found, is required, and stands in messages.

CREATE TEMPORARY TABLE odd (id serial, name text);
INSERT INTO odd (name) VALUES
    ('Größe-日本語-𝄞'), ('e' || U&'\0301' || '-combining'), ('it''s'),
    ('say "hi"'), (E'two\nlines'), (E'tab\tand\rreturn'),
    ('100% %s %d %n %m %1$s %%'), ('back\slash\\twice\n'),
    ('{braces,comma}'), ('NULL'), ('null'), (' '), (' padded '), ('''; --'),
    ('$$dollar$tag$'), (E'\001\177'), (repeat('long', 25000));

SELECT lives_ok(format('SELECT _v.register_patch(%L)', name),
                format('odd name %s goes in', id)) FROM odd ORDER BY id;
SELECT is((SELECT count(*) FROM odd o JOIN _v.patches p
               ON p.patch_name = o.name), 17::bigint, 'as it was given');
SELECT is(_v.assert_patch_is_applied(name),
          'Patch ' || name || ' is applied.',
          format('odd name %s is found', id)) FROM odd WHERE id < 17 ORDER BY id;
SELECT is(message, 'Patch ' || name || ' is already applied!',
          format('odd name %s is said to be there', id))
  FROM odd, pg_temp.raised(format('SELECT _v.register_patch(%L)', name))
 WHERE id < 17 ORDER BY id;
SELECT lives_ok($$SELECT _v.register_patch('all', (SELECT array_agg(name) FROM odd))$$,
                'all odd names at once as requirements');
SELECT is(message, format('Cannot uninstall %s, as it is required by: all.', name))
  FROM odd, pg_temp.raised(format('SELECT _v.unregister_patch(%L)', name))
 WHERE name LIKE '100%';
SELECT is(message, 'Missing prerequisite(s): %s%n, a"b, c\d.')
  FROM pg_temp.raised(
    $$SELECT _v.register_patch('%x', ARRAY['%s%n', 'a"b', 'c\d'])$$);
SELECT is(message, 'Versioning patches conflict. Conflicting patche(s) installed: '
                   '100% %s %d %n %m %1$s %%.')
  FROM pg_temp.raised(
    $$SELECT _v.register_patch('%y%s', NULL, ARRAY['100% %s %d %n %m %1$s %%'])$$);

-- Length: what the index takes, and one byte more

SELECT lives_ok($$SELECT _v.register_patch(pg_temp.incompressible(2692))$$,
                '2692 bytes go in');
SELECT is(octet_length(patch_name), 2692) FROM _v.patches
 WHERE patch_name = pg_temp.incompressible(2692);
CREATE TEMPORARY TABLE too_long AS
    SELECT * FROM pg_temp.raised(
        $$SELECT _v.register_patch(pg_temp.incompressible(2693))$$);
SELECT is(state, '54000', 'one more is refused') FROM too_long;
SELECT matches(message, 'too long', 'the message says that it is too long')
  FROM too_long;
SELECT matches(detail, 'index', 'the detail says what it must fit into')
  FROM too_long;
SELECT isnt(hint, '', 'a hint says what to do') FROM too_long;
SELECT lives_ok($$SELECT _v.register_patch('needs-long',
                      ARRAY[pg_temp.incompressible(2692)])$$,
                'as long as that as a requirement');
SELECT throws_ok(format('SELECT _v.unregister_patch(%L)',
                        pg_temp.incompressible(2692)), 'P0001', NULL,
                 'and is found there');
SELECT throws_matching($$SELECT _v.register_patch('hates-long', NULL,
                      ARRAY[pg_temp.incompressible(20000)])$$, 'too long',
                'a conflict with a name that could not be is said to be too long');
SELECT throws_ok($$SELECT _v.register_patch('needs-longer',
                      ARRAY[pg_temp.incompressible(20000)])$$, 'P0001', NULL,
                 'a requirement that could not be is missing');

-- Arrays

SELECT lives_ok($$SELECT _v.register_patch('odd-bounds',
                      '[-5:-4]={all,needs-long}')$$,
                'an array whose first element is not the first');
SELECT throws_ok($$SELECT _v.unregister_patch('needs-long')$$, 'P0001',
    'Cannot uninstall needs-long, as it is required by: odd-bounds.');
SELECT lives_ok($$SELECT _v.register_patch('twice', '{all,all}', '{no,no}')$$,
                'duplicates are no reason to refuse');
SELECT is(requires, '{all,all}', 'and are stored as given') FROM _v.patches
 WHERE patch_name = 'twice';
SELECT throws_ok($$SELECT _v.unregister_patch('all')$$, 'P0001',
    'Cannot uninstall all, as it is required by: odd-bounds, twice.',
    'the patch that requires it twice is listed once');

-- 10,000 requirements

DO $$
BEGIN
    FOR i IN 1..10000 LOOP
        PERFORM _v.register_patch('p' || i);
    END LOOP;
END
$$;
SELECT lives_ok($$SELECT _v.register_patch('many',
    (SELECT array_agg('p' || i ORDER BY i) FROM generate_series(1, 10000) i))$$,
    '10,000 requirements');
SELECT is(cardinality(requires), 10000) FROM _v.patches
 WHERE patch_name = 'many';
SELECT throws_ok($$SELECT _v.unregister_patch('p10000')$$, 'P0001',
                 'Cannot uninstall p10000, as it is required by: many.');
SELECT is(message, 'Missing prerequisite(s): '
                   || (SELECT string_agg('q' || i, ', ' ORDER BY i)
                         FROM generate_series(1, 10000) i) || '.',
          'all of 10,000 missing ones are listed')
  FROM pg_temp.raised($$SELECT _v.register_patch('lack',
    (SELECT array_agg('q' || i ORDER BY i) FROM generate_series(1, 10000) i))$$);

SELECT * FROM finish();
ROLLBACK;
