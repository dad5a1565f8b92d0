\set VERBOSITY terse
-- A name that is NULL or empty can only be a mistake, wherever it stands.
DO $$
DECLARE
    call text;
    state text;
    message text;
BEGIN
    FOREACH call IN ARRAY ARRAY[
        'register_patch(NULL)',
        'register_patch('''')',
        'register_patch(NULL, ''{}'')',
        'register_patch(NULL, NULL, NULL)',
        'register_patch(''a'', ARRAY[''b'', NULL])',
        'register_patch(''a'', ARRAY[''b'', ''''])',
        'register_patch(''a'', NULL, ARRAY[NULL])',
        'register_patch(''a'', NULL, ARRAY[''''])',
        'register_patch(''a'', ARRAY[ARRAY[''b''], ARRAY[''c'']])',
        'register_patch(''a'', NULL, ''{{b}}'')',
        'try_register_patch(NULL)',
        'try_register_patch('''')',
        'try_register_patch(''a'', ''{NULL}'')',
        'unregister_patch(NULL)',
        'unregister_patch('''')']
    LOOP
        BEGIN
            EXECUTE 'SELECT _v.' || call;
            RAISE NOTICE '%: accepted', call;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
                                    message = MESSAGE_TEXT;
            RAISE INFO '% %: %', call, state, message;
        END;
    END LOOP;
END
$$;
\set VERBOSITY default

-- NULL and empty arrays are no mistake, and neither are other lower bounds.
SELECT _v.register_patch('a', '{}', NULL);
SELECT _v.register_patch('b', '[0:0]={a}', '{}');
SELECT patch_name, requires, conflicts FROM _v.patches ORDER BY patch_name;
DELETE FROM _v.patches;
