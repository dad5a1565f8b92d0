BEGIN;
SELECT _v.unregister_patch( 'second' );

ALTER TABLE cities DROP COLUMN population;

COMMIT;
