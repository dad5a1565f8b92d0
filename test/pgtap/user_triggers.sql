-- Triggers that people put on _v.patches fire, once, as they do for INSERT and
-- DELETE; what could not be respected is refused.

BEGIN;
SELECT plan(33);

DELETE FROM _v.patches;

-- A trigger of each kind that writes down what it saw.

CREATE TABLE versioning_test_log (id serial, entry text);
GRANT INSERT ON versioning_test_log TO PUBLIC;
GRANT USAGE ON SEQUENCE versioning_test_log_id_seq TO PUBLIC;
CREATE FUNCTION versioning_test_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO versioning_test_log (entry)
    VALUES (concat_ws(' ', TG_WHEN, TG_LEVEL, TG_OP, NEW.patch_name,
                      OLD.patch_name, current_user));
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER a BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON _v.patches
    FOR EACH STATEMENT EXECUTE FUNCTION versioning_test_note();
CREATE TRIGGER b BEFORE INSERT OR DELETE OR UPDATE ON _v.patches
    FOR EACH ROW EXECUTE FUNCTION versioning_test_note();
CREATE TRIGGER c AFTER INSERT OR DELETE OR UPDATE ON _v.patches
    FOR EACH ROW EXECUTE FUNCTION versioning_test_note();
CREATE TRIGGER d AFTER INSERT OR DELETE OR UPDATE ON _v.patches
    FOR EACH STATEMENT EXECUTE FUNCTION versioning_test_note();

CREATE FUNCTION pg_temp.noted() RETURNS text[] LANGUAGE sql AS $$
    WITH gone AS (DELETE FROM versioning_test_log RETURNING *)
    SELECT array_agg(entry ORDER BY id) FROM gone
$$;

CREATE ROLE versioning_test_writer;
GRANT INSERT, DELETE ON _v.patches TO versioning_test_writer;
SET LOCAL ROLE versioning_test_writer;
SELECT lives_ok($$SELECT _v.register_patch('one')$$);
RESET ROLE;
SELECT is(pg_temp.noted(), ARRAY[
    'BEFORE STATEMENT INSERT versioning_test_writer',
    'BEFORE ROW INSERT one versioning_test_writer',
    'AFTER ROW INSERT one versioning_test_writer',
    'AFTER STATEMENT INSERT versioning_test_writer'],
    'registration fires each INSERT trigger once, as the caller');
SET LOCAL ROLE versioning_test_writer;
SELECT lives_ok($$SELECT _v.unregister_patch('one')$$);
RESET ROLE;
SELECT is(pg_temp.noted(), ARRAY[
    'BEFORE STATEMENT DELETE versioning_test_writer',
    'BEFORE ROW DELETE one versioning_test_writer',
    'AFTER ROW DELETE one versioning_test_writer',
    'AFTER STATEMENT DELETE versioning_test_writer'],
    'un-registration each DELETE trigger');
SELECT throws_ok($$SELECT _v.register_patch('a', '{nope}')$$, 'P0001');
SELECT throws_ok($$SELECT _v.unregister_patch('nope')$$, 'P0001');
SELECT is(pg_temp.noted(), NULL, 'a refusal none');
ALTER TABLE _v.patches DISABLE TRIGGER USER;
SELECT lives_ok($$SELECT _v.register_patch('quiet')$$);
SELECT is(pg_temp.noted(), NULL, 'a disabled trigger does not fire');
ALTER TABLE _v.patches ENABLE TRIGGER USER;
SELECT lives_ok($$SELECT _v.unregister_patch('quiet')$$);
DROP TRIGGER a ON _v.patches;
DROP TRIGGER b ON _v.patches;
DROP TRIGGER c ON _v.patches;
DROP TRIGGER d ON _v.patches;

-- WHEN, and a deferred constraint trigger

TRUNCATE versioning_test_log;
CREATE TRIGGER a AFTER INSERT ON _v.patches FOR EACH ROW
    WHEN (NEW.patch_name LIKE 'loud%')
    EXECUTE FUNCTION versioning_test_note();
CREATE CONSTRAINT TRIGGER b AFTER INSERT ON _v.patches
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION versioning_test_note();
SELECT lives_ok($$SELECT _v.register_patch('calm'),
                         _v.register_patch('loud')$$);
SELECT is(pg_temp.noted(), ARRAY['AFTER ROW INSERT loud ' || current_user],
          'WHEN is respected');
SET CONSTRAINTS ALL IMMEDIATE;
SELECT is(pg_temp.noted(), ARRAY['AFTER ROW INSERT calm ' || current_user,
                                 'AFTER ROW INSERT loud ' || current_user],
          'a deferred constraint trigger fires later');
DROP TRIGGER a ON _v.patches;
DROP TRIGGER b ON _v.patches;

-- Triggers that interfere

CREATE FUNCTION versioning_test_act() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_ARGV[0]
        WHEN 'suppress' THEN RETURN NULL;
        WHEN 'rename' THEN NEW.patch_name := 'other';
        WHEN 'sign' THEN NEW.applied_by := 'signed';
        WHEN 'refuse' THEN RAISE EXCEPTION 'not on my watch'
                                 USING ERRCODE = 'ZZ001';
        WHEN 'too much' THEN RAISE EXCEPTION 'quota of patches exhausted'
                                   USING ERRCODE = 'program_limit_exceeded';
        WHEN 'delete' THEN DELETE FROM _v.patches
                            WHERE patch_name = NEW.patch_name;
        WHEN 'register' THEN
            IF NEW.patch_name NOT LIKE '%+' THEN
                PERFORM _v.register_patch(NEW.patch_name || '+');
            END IF;
        WHEN 'update' THEN UPDATE _v.patches SET applied_by = 'x'
                            WHERE patch_name = OLD.patch_name;
    END CASE;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE FUNCTION pg_temp.with_trigger(kind text, act text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_trigger WHERE tgname = 'meddler') THEN
        DROP TRIGGER meddler ON _v.patches;
    END IF;
    EXECUTE format('CREATE TRIGGER meddler %s ON _v.patches FOR EACH ROW
                    EXECUTE FUNCTION versioning_test_act(%L)', kind, act);
END
$$;

SELECT pg_temp.with_trigger('BEFORE INSERT', 'suppress');
SELECT throws_ok($$SELECT _v.register_patch('new')$$, '55000',
                 'patch "new" was not registered',
                 'a trigger that suppresses a registration is an error');
SELECT throws_ok($$SELECT _v.try_register_patch('new')$$, '55000');
SELECT pg_temp.with_trigger('BEFORE INSERT', 'rename');
SELECT throws_ok($$SELECT _v.register_patch('new')$$, '55000',
                 'patch "new" was not registered',
                 'so is one that registers another name');
SELECT pg_temp.with_trigger('BEFORE INSERT', 'sign');
SELECT lives_ok($$SELECT _v.register_patch('new')$$);
SELECT is(applied_by, 'signed', 'a trigger may change other columns')
  FROM _v.patches WHERE patch_name = 'new';
SELECT pg_temp.with_trigger('BEFORE DELETE', 'suppress');
SELECT throws_ok($$SELECT _v.unregister_patch('new')$$, '55000',
                 'patch "new" was not unregistered',
                 'a trigger that suppresses an un-registration is an error');
SELECT pg_temp.with_trigger('AFTER DELETE', 'refuse');
SELECT throws_ok($$SELECT _v.unregister_patch('new')$$, 'ZZ001',
                 'not on my watch', 'a trigger may raise');
SELECT pg_temp.with_trigger('AFTER INSERT', 'refuse');
SELECT throws_ok($$SELECT _v.register_patch('new-2')$$, 'ZZ001',
                 'not on my watch');
SELECT pg_temp.with_trigger('BEFORE INSERT', 'too much');
SELECT throws_ok($$SELECT _v.register_patch('new-2')$$, '54000',
                 'quota of patches exhausted',
                 'and what it says is what one reads');
SELECT pg_temp.with_trigger('AFTER INSERT', 'delete');
SELECT lives_ok($$SELECT _v.register_patch('fleeting')$$,
                'an AFTER trigger may take it away again');
SELECT pg_temp.with_trigger('AFTER INSERT', 'register');
SELECT lives_ok($$SELECT _v.register_patch('pair')$$,
                'an AFTER trigger may register');
SELECT pg_temp.with_trigger('BEFORE INSERT', 'register');
SELECT lives_ok($$SELECT _v.register_patch('pair-2')$$,
                'so may a BEFORE trigger');
SELECT is((SELECT array_agg(patch_name ORDER BY patch_name COLLATE "C")
             FROM _v.patches WHERE patch_name LIKE 'pair%'),
          '{pair,pair+,pair-2,pair-2+}');
SELECT pg_temp.with_trigger('BEFORE DELETE', 'update');
SELECT throws_ok($$SELECT _v.unregister_patch('pair')$$, '55000', NULL,
                 'one that updates the row that goes is an error');
DROP TRIGGER meddler ON _v.patches;

-- What C code without a query cannot respect

CREATE FUNCTION versioning_test_nothing() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER transition AFTER INSERT ON _v.patches
    REFERENCING NEW TABLE AS new FOR EACH STATEMENT
    EXECUTE FUNCTION versioning_test_nothing();
SELECT throws_ok($$SELECT _v.register_patch('new-2')$$, '0A000', NULL,
                 'a transition table for INSERT');
SELECT lives_ok($$SELECT _v.unregister_patch('pair')$$,
                'is nothing to un-registration');
DROP TRIGGER transition ON _v.patches;
CREATE TRIGGER transition AFTER DELETE ON _v.patches
    REFERENCING OLD TABLE AS old FOR EACH STATEMENT
    EXECUTE FUNCTION versioning_test_nothing();
SELECT throws_ok($$SELECT _v.unregister_patch('pair-2')$$, '0A000', NULL,
                 'a transition table for DELETE');
SELECT lives_ok($$SELECT _v.register_patch('new-2')$$,
                'is nothing to registration');
DROP TRIGGER transition ON _v.patches;
CREATE RULE nothing AS ON INSERT TO _v.patches DO INSTEAD NOTHING;
SELECT throws_ok($$SELECT _v.register_patch('new-3')$$, '0A000', NULL,
                 'a rule is refused');
DROP RULE nothing ON _v.patches;
SELECT lives_ok($$SELECT _v.register_patch('new-3')$$);

SELECT * FROM finish();
ROLLBACK;
