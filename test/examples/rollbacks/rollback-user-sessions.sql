BEGIN;
SELECT _v.unregister_patch( 'user-sessions' );

DROP TABLE sessions;

COMMIT;
