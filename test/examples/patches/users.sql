BEGIN;
SELECT _v.register_patch( 'users', NULL, NULL );

CREATE TABLE users (
    id       int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username text NOT NULL UNIQUE
);

COMMIT;
