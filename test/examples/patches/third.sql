BEGIN;
SELECT _v.register_patch( 'third', ARRAY[ 'first' ], NULL );

CREATE TABLE cities (
    id      int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    country text NOT NULL REFERENCES countries,
    name    text NOT NULL
);

COMMIT;
