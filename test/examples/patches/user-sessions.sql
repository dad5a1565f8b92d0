BEGIN;
SELECT _v.register_patch( 'user-sessions', ARRAY[ 'users' ], NULL );

CREATE TABLE sessions (
    id         int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    int4 NOT NULL REFERENCES users,
    started_on timestamptz NOT NULL DEFAULT now()
);

COMMIT;
