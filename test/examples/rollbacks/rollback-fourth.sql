BEGIN;
SELECT _v.unregister_patch( 'fourth' );

DROP VIEW population_of_countries;

COMMIT;
