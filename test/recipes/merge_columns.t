# merge-columns: what is written to the one column is in the two, and the other
# way round; what the one cannot hold stays in the two.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Recipe;
use Scratch qw(value role);
use Test::More;

my $role = role('reader');

# Each operation as the old and the new application do it
my @operations = (
	map({ [ $_, $_ ] } q{DELETE FROM people WHERE id < 0},
		q{UPDATE people SET note = 'x' WHERE id IN (2, 12, 13, 998)},
		q{INSERT INTO people (id) VALUES (-2)},
		q{UPDATE people SET id = -id WHERE id IN (8, 900)},
		q{UPDATE people SET id = -id WHERE id IN (-8, -900)}),
	[ q{INSERT INTO people (id, given, family) VALUES (-1, 'Ada', 'Byron')},
		q{INSERT INTO people (id, name) VALUES (-1, 'Ada Byron')} ],
	map({ my $id = $_; (
		[ qq{UPDATE people SET family = 'Lovelace' WHERE id = $id},
			qq{UPDATE people SET name =
				coalesce(name, given || ' ' || family) WHERE id = $id;
			UPDATE people SET name = split_part(name, ' ', 1) || ' Lovelace'
				WHERE id = $id} ],
		[ qq{UPDATE people SET given = 'Annabella' WHERE id = $id},
			qq{UPDATE people SET name = 'Annabella ' || split_part(name, ' ', 2)
				WHERE id = $id} ]) }
		-1, 1, 499, 999),
	[ q{INSERT INTO people (id, given, family)
			VALUES (5, 'a', 'b'), (-5, 'c', 'd') ON CONFLICT (id)
			DO UPDATE SET given = EXCLUDED.given, family = EXCLUDED.family},
		q{INSERT INTO people (id, name) VALUES (5, 'a b'), (-5, 'c d')
			ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name} ],
	[ qq{COPY people (id, given, family) FROM stdin;\n}
		. qq{-6\te\tf\n-7\t\\N\t\\N\n\\.\n},
		qq{COPY people (id, name) FROM stdin;\n-6\te f\n-7\t\\N\n\\.\n} ],
	[ q{UPDATE people SET given = NULL, family = NULL WHERE id = -6},
		q{UPDATE people SET name = NULL WHERE id = -6} ],
	[ q{SET session_replication_role = replica;
			INSERT INTO people (id, given, family) VALUES (-9, 'g', 'h');
			UPDATE people SET given = 'i', family = 'j' WHERE id = 9},
		q{SET session_replication_role = replica;
			INSERT INTO people (id, name) VALUES (-9, 'g h');
			UPDATE people SET name = 'i j' WHERE id = 9} ]);
push @operations,
	[ q{MERGE INTO people USING (VALUES (10, 'k', 'l'), (-10, 'm', 'n'))
			AS n (id, g, f) ON people.id = n.id
			WHEN MATCHED THEN UPDATE SET given = g, family = f
			WHEN NOT MATCHED THEN INSERT (id, given, family)
				VALUES (n.id, g, f)},
		q{MERGE INTO people USING (VALUES (10, 'k l'), (-10, 'm n'))
			AS n (id, v) ON people.id = n.id
			WHEN MATCHED THEN UPDATE SET name = v
			WHEN NOT MATCHED THEN INSERT (id, name) VALUES (n.id, v)} ]
  if value('postgres', 'SHOW server_version_num') >= 150000;

# A family name of two words is one that the new column cannot give back.
try_recipe(
	name => 'full-name',
	recipe => [qw(merge-columns table=people first=given second=family
		new=name), q{value=given || ' ' || family},
		q{first_value=split_part(name, ' ', 1)},
		q{second_value=split_part(name, ' ', 2)} ],
	tables => qq{
		CREATE TABLE people (id int PRIMARY KEY, note text, given varchar(20) COLLATE "C",
			family text, CHECK (given <> '?'), UNIQUE (family, id));
		INSERT INTO people SELECT n, '', 'given' || n, 'family' || n
			FROM generate_series(1, 1000) AS n;
		UPDATE people SET given = NULL, family = NULL WHERE id = 11;
		UPDATE people SET family = 'van ' || family WHERE id IN (12, 600);
		GRANT SELECT (given, family), UPDATE (given) ON people TO $role},
	operations => \@operations,
	old => 'SELECT id, given, family, note FROM people ORDER BY id',
	new => 'SELECT id, name, note FROM people ORDER BY id',
	expected => q{SELECT id, given || ' ' || family, note
		FROM people ORDER BY id},
	forgets => q{UPDATE people SET family = split_part(family, ' ', 1)},
	direct => qq{
		ALTER TABLE people ADD name text, DROP given, DROP family;
		GRANT SELECT (name) ON people TO $role});

done_testing();
