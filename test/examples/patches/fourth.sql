BEGIN;
SELECT _v.register_patch( 'fourth', ARRAY[ 'second', 'first' ], NULL );

CREATE VIEW population_of_countries AS
SELECT countries.name, sum( cities.population ) AS population
FROM countries
JOIN cities ON cities.country = countries.code
GROUP BY countries.name;

COMMIT;
