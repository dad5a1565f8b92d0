BEGIN;
SELECT _v.unregister_patch( 'users' );

DROP TABLE users;

COMMIT;
