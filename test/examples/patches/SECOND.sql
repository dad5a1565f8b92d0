BEGIN;
SELECT _v.register_patch( 'second', ARRAY[ 'third' ], NULL );

ALTER TABLE cities ADD COLUMN population int8;

COMMIT;
