BEGIN;
SELECT _v.unregister_patch( 'third' );

DROP TABLE cities;

COMMIT;
