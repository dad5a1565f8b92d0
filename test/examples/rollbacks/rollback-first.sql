BEGIN;
SELECT _v.unregister_patch( 'first' );

DROP TABLE countries;

COMMIT;
