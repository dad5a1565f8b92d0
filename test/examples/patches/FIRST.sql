BEGIN;
SELECT _v.register_patch( 'first', NULL, NULL );

CREATE TABLE countries (
    code text PRIMARY KEY,
    name text NOT NULL
);

COMMIT;
