# split-table: what is written to one of the two tables is in the other.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Recipe;
use Scratch qw(psql succeeds value role);
use Test::More;

my $old = role('old');
my $new = role('new');

# How the new application writes a row, which may not be there yet
sub upsert
{
	my ($street, $city, @ids) = @_;
	return 'INSERT INTO addresses (id, street, city) VALUES '
	  . join(', ', map { "($_, $street, $city)" } @ids)
	  . ' ON CONFLICT (id) DO UPDATE SET street = EXCLUDED.street,
			city = EXCLUDED.city';
}

my @operations = (
	map({ [ $_, $_ ] } q{DELETE FROM people WHERE id < 0},
		q{UPDATE people SET note = 'x' WHERE id IN (2, 998)},
		q{INSERT INTO people (id) VALUES (-2), (-3), (-9)},
		q{UPDATE people SET id = -id WHERE id IN (8, 900)},
		q{UPDATE people SET id = -id WHERE id IN (-8, -900)}),
	[ q{INSERT INTO people (id, street, city) VALUES (-1, 'a', 'b')},
		q{INSERT INTO people (id) VALUES (-1);}
		. q{INSERT INTO addresses (id, street, city) VALUES (-1, 'a', 'b')} ],
	[ q{UPDATE people SET street = 'c', city = 'd' WHERE id IN (1)},
		upsert(q{'c'}, q{'d'}, 1) ],
	[ q{UPDATE people SET street = 'C' || id, city = 'd' WHERE id IN (-1, 999)},
		upsert(q{'C-1'}, q{'d'}, -1) . '; ' . upsert(q{'C999'}, q{'d'}, 999) ],
	[ q{SET session_replication_role = replica;
		UPDATE people SET street = 'r' WHERE id IN (13)},
		q{SET session_replication_role = replica; }
		. upsert(q{'r'}, q{'city13'}, 13) ],
	[ q{UPDATE people SET street = NULL, city = 'e' WHERE id IN (-2, 3)},
		upsert('NULL', q{'e'}, -2, 3) ],
	[ q{UPDATE people SET city = 'f' WHERE id IN (-2)},
		q{UPDATE addresses SET city = 'f' WHERE id = -2} ],
	[ q{UPDATE people SET street = NULL, city = NULL WHERE id IN (-1)},
		q{DELETE FROM addresses WHERE id = -1} ],
	[ q{UPDATE people SET street = NULL, city = NULL WHERE id IN (-2)},
		q{UPDATE addresses SET street = NULL, city = NULL WHERE id = -2} ],
	[ q{INSERT INTO people (id, city) VALUES (5, 'g'), (-5, 'g')
			ON CONFLICT (id) DO UPDATE SET city = EXCLUDED.city,
			street = EXCLUDED.street},
		q{INSERT INTO people (id) VALUES (5), (-5) ON CONFLICT DO NOTHING;}
		. upsert('NULL', q{'g'}, 5, -5) ],
	[ qq{COPY people (id, street, city) FROM stdin;\n-6\th\ti\n\\.\n},
		qq{INSERT INTO people (id) VALUES (-6);\n}
		. qq{COPY addresses (id, street, city) FROM stdin;\n-6\th\ti\n\\.\n} ],
	[ q{DELETE FROM people WHERE id IN (7); INSERT INTO people (id, street)
			VALUES (7, 'j')},
		q{DELETE FROM people WHERE id IN (7); INSERT INTO people (id)
			VALUES (7);} . upsert(q{'j'}, 'NULL', 7) ],

	# Neither needs a right on the other table.
	[ "SET ROLE $old; UPDATE people SET city = 'k' WHERE id IN (9, -9)",
		"SET ROLE $new; " . upsert(q{'street9'}, q{'k'}, 9) . '; '
			. upsert('NULL', q{'k'}, -9) ]);

my %try = (
	name => 'addresses',
	recipe => ['split-table', 'table=people', 'columns=street, city',
		'new=addresses'],
	tables => qq{
		CREATE TABLE people (id int PRIMARY KEY, note text, street text COLLATE "C",
			city varchar(20), CHECK (street <> city), UNIQUE (city, id));
		CREATE TABLE cities (city varchar(20) PRIMARY KEY);
		INSERT INTO cities SELECT 'city' || n FROM generate_series(1, 1000) AS n
			UNION ALL SELECT * FROM regexp_split_to_table('b d e f g i k', ' ');
		ALTER TABLE people ADD FOREIGN KEY (city) REFERENCES cities;
		INSERT INTO people SELECT n, '', 'street' || n, 'city' || n
			FROM generate_series(1, 1000) AS n;
		UPDATE people SET street = NULL, city = NULL WHERE id IN (11, 12, 601);
		CREATE UNIQUE INDEX "by ""street" ON people (lower(street))
			INCLUDE (city) WHERE city <> 'city5';
		CREATE INDEX stays ON people (note, street);
		COMMENT ON COLUMN people.street IS 'Where it''s';
		GRANT SELECT, UPDATE ON people TO $old},
	operations => \@operations,
	old => 'SELECT id, street, city, note FROM people ORDER BY id',
	new => 'SELECT id, a.street, a.city, note FROM people AS p
		LEFT JOIN addresses AS a USING (id) ORDER BY id',
	direct => qq{
		ALTER TABLE people DROP street, DROP city;
		CREATE TABLE addresses (id int PRIMARY KEY REFERENCES people
			ON UPDATE CASCADE ON DELETE CASCADE, street text COLLATE "C",
			city varchar(20) REFERENCES cities, UNIQUE (city, id),
			CONSTRAINT people_check CHECK (street <> city));
		ALTER TABLE addresses RENAME CONSTRAINT addresses_city_fkey
			TO people_city_fkey;
		CREATE UNIQUE INDEX ON addresses (lower(street)) INCLUDE (city)
			WHERE city <> 'city5';
		COMMENT ON COLUMN addresses.street IS 'Where it''s';
		GRANT SELECT, UPDATE ON addresses TO $old;
		GRANT SELECT, INSERT, UPDATE ON addresses TO $new},
	written => 'addresses',
	between => "GRANT SELECT, INSERT, UPDATE ON addresses TO $new");
try_recipe(%try);

# What the database says against it

my $refused = project('refused');
value($refused->{database}, q{
	CREATE DOMAIN there AS text NOT NULL;
	CREATE TABLE hidden (id int PRIMARY KEY, a text);
	ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
	CREATE TABLE parent (id int PRIMARY KEY, a text);
	CREATE TABLE child () INHERITS (parent);
	CREATE TABLE domain (id int PRIMARY KEY, a there)});
for (
	[ 'hidden', qr/table public\.hidden has row-level security, and policies/ ],
	[ 'parent', qr/table public\.parent has parents or children/ ],
	[ 'domain', qr/column "a" is NOT NULL or has a default/ ])
{
	my ($table, $why) = @$_;
	my ($status, undef, $errors) = versioning($refused, qw(new x --recipe
		split-table columns=a new=b -d), $refused->{database},
		"table=$table");
	isnt($status, 0, "refused: $table");
	like($errors, $why, 'why');
}

# A key of two columns, with odd names

my $owner = role('owner');
my $project = project('odd');
value($project->{database}, q{
	CREATE SCHEMA s;
	CREATE TABLE s."T" ("A b" int, c int, "It's" int, e int,
		PRIMARY KEY ("A b", c));
	INSERT INTO s."T" SELECT n % 7, n, n, NULL FROM generate_series(1, 90) AS n});
value($project->{database}, qq{ALTER TABLE s."T" OWNER TO $owner;
	GRANT ALL ON SCHEMA s TO $owner});
begin_recipe($project, 'odd', 'split-table', 'table=s."T"',
	q{columns="It's", e}, 'new=U v');
my $before = schema($project->{database});
runs($project, 'apply', 'odd-start');
is_owned();

my $other = role('other');
my (undef, undef, $errors) = psql($project->{database}, qq{
	GRANT ALL ON SCHEMA s TO $other;
	SET ROLE $other;
	CREATE TABLE s.mine ("A b" int, c int, "It's" int, e int);
	CREATE TRIGGER t AFTER INSERT ON s.mine
		FOR EACH ROW EXECUTE FUNCTION s.zz_odd_back()});
like($errors, qr/permission denied for function s\.zz_odd_back/,
	'nobody has their own triggers call the functions');
value($project->{database}, "DROP OWNED BY $other");
succeeds($project->{database}, q{
	UPDATE s."T" SET e = 1 WHERE c = 1;
	UPDATE s."U v" SET "It's" = 0 WHERE c = 1}, 'both are written');
run_job($project, 'odd');
is(value($project->{database}, q{SELECT count(*) FROM s."U v" AS u
		JOIN s."T" AS t ON (u.*)::text = (t.*)::text}),
	90, 'both have the same');
runs($project, 'apply');
runs($project, 'rollback', '--last', 1);
is_owned();
runs($project, 'rollback', '--last', 1);
is(schema($project->{database}), $before, 'all is as it was');
is(value($project->{database}, 'SELECT e, "It\'s" FROM s."T" WHERE c = 1'),
	'1|0', 'nothing is lost');

done_testing();

# Nothing that is new has the rights of whoever has applied the patch.
sub is_owned
{
	return is(value($project->{database}, q{
		SELECT string_agg(DISTINCT owner, ' ') FROM (
			SELECT relowner::regrole::text FROM pg_class
			WHERE relnamespace = 's'::regnamespace UNION
			SELECT proowner::regrole::text FROM pg_proc
			WHERE pronamespace = 's'::regnamespace) AS o (owner)}),
		$owner, 'table and functions are of the owner of the first table');
}
