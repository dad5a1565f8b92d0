# drop-column, drop-table: applications that do not know them any more.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Recipe;
use Scratch qw(fails value role);
use Test::More;

my $role = role('reader');

# The new application does not know the column, which the old one fills in.
my @operations = (
	map({ [ $_, $_ ] } q{DELETE FROM users WHERE id < 0},
		q{UPDATE users SET email = 'one' WHERE id IN (1, 999)}),
	[ q{INSERT INTO users (id, fax) VALUES (-1, 0)},
		q{INSERT INTO users (id) VALUES (-1)} ],
	[ q{INSERT INTO users (id, fax) VALUES (-2, 0) ON CONFLICT DO NOTHING},
		q{INSERT INTO users (id) VALUES (-2) ON CONFLICT DO NOTHING} ],
	[ qq{COPY users (id, email, fax) FROM stdin;\n-6\tx\t0\n\\.\n},
		qq{COPY users (id, email) FROM stdin;\n-6\tx\n\\.\n} ]);
my %try = (
	name => 'no-fax',
	tables => qq{
		CREATE TABLE users (id int PRIMARY KEY, email text, fax numeric(9, 2)
			NOT NULL);
		INSERT INTO users SELECT n, 'user' || n, n
			FROM generate_series(1, 1000) AS n;
		CREATE INDEX ON users (fax, email) WHERE fax > 0;
		CREATE INDEX ON users ((fax + 1));
		ALTER TABLE users ADD CHECK (fax >= 0);
		CREATE STATISTICS few ON fax, email FROM users;
		COMMENT ON COLUMN users.fax IS 'Of the office';
		GRANT SELECT (fax, id) ON users TO $role},
	operations => \@operations,
	old => 'SELECT id, email, fax FROM users ORDER BY id',
	new => 'SELECT id, email FROM users ORDER BY id',
	expected => 'SELECT id, email FROM users ORDER BY id',
	forgets => 'UPDATE users SET fax = 0',
	direct => 'ALTER TABLE users DROP fax');

try_recipe(%try, recipe => [qw(drop-column table=users column=fax fill=0)]);

my $project = project('unfilled');
value($project->{database}, $try{tables});
my ($status, $output, $errors) = versioning($project, 'new', 'no-fax',
	'--recipe', qw(drop-column table=users column=fax), '-d',
	$project->{database});
like($errors, qr/fill=/, 'NOT NULL without a default: something is needed');

# With a default there is nothing to start.
value($project->{database}, q{
	ALTER TABLE users ALTER fax SET DEFAULT 7, ADD more int GENERATED ALWAYS AS
		(id * 2) STORED;
	CREATE VIEW faxes AS SELECT fax FROM users;
	CREATE VIEW U&"\\000Aversioning: no-transaction\\000A"
		AS SELECT fax FROM users});
begin_recipe($project, 'no-fax', qw(drop-column table=users column=fax));
is(join(' ', map { s{.*/}{}r } glob "$project->{directory}/patches/*"),
	'no-fax-finish.sql', 'no start');
open my $file, '<', "$project->{directory}/patches/no-fax-finish.sql";
my $text = join '', <$file>;
like($text, qr/^-- These depend .*\n(?:--     view .*\n)*--     view public\.faxes\n(?:--     view .*\n)*\nBEGIN/m,
	'views are told of');
unlike($text, qr/^-- versioning:/m, 'none of them is a directive');
value($project->{database},
	'DROP VIEW faxes, U&"\\000Aversioning: no-transaction\\000A"');
begin_recipe($project, 'no-more', qw(drop-column table=users column=more));
my $before = schema($project->{database});
runs($project, 'apply');
runs($project, 'rollback', 'no-fax-finish', 'no-more-finish');
is(schema($project->{database}), $before, 'the schema is as it was');
is(value($project->{database}, 'SELECT DISTINCT fax, more = id * 2 FROM users'),
	'7.00|t', 'the columns have what rows get that do not say');

# A column with a sequence of its own

$project = project('serial');
value($project->{database}, q{
	CREATE TABLE users (id int PRIMARY KEY, number smallserial UNIQUE);
	INSERT INTO users VALUES (1)});
begin_recipe($project, 'no-number', qw(drop-column table=users column=number));
$before = schema($project->{database});
runs($project, 'apply');
runs($project, 'rollback', '--last', 1);
is(schema($project->{database}), $before, 'the sequence is made again');

# A table

my $owner = role('owner');
$project = project('table');
value($project->{database}, qq{
	CREATE SCHEMA s;
	CREATE TABLE s."Faxes" (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		note varchar(9) COLLATE "C" DEFAULT 'x' NOT NULL, CHECK (note <> ''),
		number smallserial, twice int GENERATED ALWAYS AS (id * 2) STORED, UNIQUE (note, id))
		WITH (fillfactor = 70, autovacuum_enabled = false);
	ALTER SEQUENCE s."Faxes_number_seq" INCREMENT -2 CYCLE;
	ALTER TABLE s."Faxes" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY,
		OWNER TO $owner;
	CREATE INDEX ON s."Faxes" (lower(note)) WHERE id > 7;
	COMMENT ON TABLE s."Faxes" IS 'Paper';
	COMMENT ON COLUMN s."Faxes".note IS 'More paper';
	GRANT SELECT ON s."Faxes" TO $role WITH GRANT OPTION;
	GRANT UPDATE (note) ON s."Faxes" TO PUBLIC;
	INSERT INTO s."Faxes" (note) SELECT 'a' || n FROM generate_series(1, 9) AS n});
$before = schema($project->{database});
begin_recipe($project, 'no-faxes', 'drop-table', 'table=s."Faxes"');
runs($project, 'apply', 'no-faxes-start');
fails($project->{database}, 'SELECT * FROM s."Faxes"', qr/does not exist/,
	'the table cannot be used');
runs($project, 'rollback', 'no-faxes-start');
is(value($project->{database}, 'SELECT count(*) FROM s."Faxes"'), 9,
	'it can be helped at once');
runs($project, 'apply');
unlike(schema($project->{database}), qr/Faxes/, 'the table is dropped');
runs($project, 'rollback', '--last', 2);
is(schema($project->{database}), $before, 'it can be made again');

done_testing();
