# change-type: both conversions, none of which changes what was not written; the
# indexes, default and grants of the column.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Recipe;
use Scratch qw(database value role);
use Test::More;

my $role = role('reader');

# An operation in which :c is the column, and <N> a value of it.
sub both
{
	my ($operation) = @_;
	my $old = $operation =~ s/:c\b/code/gr =~ s/<(\d+)>/'$1'/gr;
	my $new = $operation =~ s/:c\b/new_code/gr =~ s/<(\d+)>/$1/gr;

	return [ $old, $new ];
}

my @operations = map { both($_) } (
	q{DELETE FROM items WHERE id < 0},
	q{INSERT INTO items (id, :c) VALUES (-1, <9001>)},
	q{INSERT INTO items (id) VALUES (-2)},
	q{UPDATE items SET :c = <9002> WHERE id = 1},
	q{UPDATE items SET :c = <9003> WHERE id = 999},
	q{UPDATE items SET note = 'x' WHERE id IN (2, 998)},
	q{UPDATE items SET :c = :c WHERE id IN (3, 997)},
	q{UPDATE items SET (:c, note) = (<9004>, 'five') WHERE id = -1},
	q{INSERT INTO items (id, :c) VALUES (5, <9005>), (-5, <9006>)
		ON CONFLICT (id) DO UPDATE SET :c = EXCLUDED.:c},
	q{INSERT INTO items (id, :c) VALUES (6, <9007>) ON CONFLICT DO NOTHING},
	qq{COPY items (id, :c) FROM stdin;\n-6\t9008\n\\.\n},
	q{DELETE FROM items WHERE id IN (-6, 7)},
	q{INSERT INTO items (id, :c) VALUES (7, <9009>)},
	q{UPDATE items SET id = -id WHERE id IN (8, 900)},
	q{UPDATE items SET id = -id WHERE id IN (-8, -900)},
	q{SET session_replication_role = replica;
		INSERT INTO items (id, :c) VALUES (-9, <9010>);
		UPDATE items SET :c = <9011> WHERE id = 9});
push @operations, both(q{
	MERGE INTO items USING (VALUES (10, <9012>), (-10, <9013>)) AS n (id, v)
		ON items.id = n.id
		WHEN MATCHED THEN UPDATE SET :c = v
		WHEN NOT MATCHED THEN INSERT (id, :c) VALUES (n.id, v)})
  if value('postgres', 'SHOW server_version_num') >= 150000;

# Numbers with zeros before them: only the old column can have those. Whoever
# does not write them shall find them there.
my %try = (
	name => 'retype',
	recipe => [qw(change-type table=items column=code type=integer)],
	tables => qq{
		CREATE SEQUENCE codes MINVALUE -100000;
		CREATE TABLE items (id int PRIMARY KEY, note text,
			code text COLLATE "C" DEFAULT '0' NOT NULL);
		INSERT INTO items SELECT n, '', to_char(n, 'fm0000')
			FROM generate_series(1, 1000) AS n;
		ALTER SEQUENCE codes OWNED BY items.code;
		GRANT SELECT (code), UPDATE (code) ON items TO $role;
		ALTER TABLE items ADD CONSTRAINT code_is_one UNIQUE (code);
		CREATE INDEX by_code ON items (note DESC, code) INCLUDE (id);
		COMMENT ON COLUMN items.code IS 'Where to write to'},
	operations => \@operations,
	old => 'SELECT id, code, note FROM items ORDER BY id',
	new => 'SELECT id, new_code, note FROM items ORDER BY id',
	after => 'SELECT id, code, note FROM items ORDER BY id',
	expected => 'SELECT id, code::int, note FROM items ORDER BY id',
	forgets => q{UPDATE items SET code = code::int::text},
	direct => q{
		ALTER TABLE items ALTER code DROP DEFAULT,
			ALTER code TYPE integer USING code::integer;
		ALTER TABLE items ALTER code SET DEFAULT CAST('0'::text AS integer)});
try_recipe(%try);

# Without all of that, and with NULL

try_recipe(%try,
	tables => q{
		CREATE TABLE items (id int PRIMARY KEY, note text, code text);
		INSERT INTO items SELECT n, '', nullif(to_char(n, 'fm0000'), '0011')
			FROM generate_series(1, 1000) AS n},
	operations => [ @operations, map { both($_) }
		q{INSERT INTO items (id, :c) VALUES (-11, NULL)},
		q{UPDATE items SET :c = NULL WHERE id IN (-1)},
		q{UPDATE items SET :c = <9014> WHERE id IN (11, -11)},
		q{UPDATE items SET :c = NULL WHERE id IN (11, -11)} ],
	direct => 'ALTER TABLE items ALTER code TYPE integer USING code::integer');

# The second column gets what the first one had.

my $orders = qq{
	CREATE TABLE users (id int PRIMARY KEY);
	CREATE TABLE orders (id int PRIMARY KEY, kind int,
		"user" int NOT NULL DEFAULT 0 REFERENCES users ON DELETE CASCADE
			DEFERRABLE CHECK ("user" < 1000),
		CONSTRAINT "two's" CHECK ("user" <> kind + 1000));
	INSERT INTO users SELECT generate_series(0, 9);
	INSERT INTO orders SELECT n, 1, n FROM generate_series(1, 9) AS n;
	ALTER TABLE orders ADD CONSTRAINT late CHECK ("user" > 0) NOT VALID,
		ADD CONSTRAINT "o \$ (k)" UNIQUE ("user");
	CREATE UNIQUE INDEX "by.(kind)\$" ON orders ("user" DESC, kind)
		@{[ value('postgres', 'SHOW server_version_num') >= 150000
			? 'NULLS NOT DISTINCT' : '' ]} WITH (fillfactor = 50);
	CREATE UNIQUE INDEX one ON orders ("user") INCLUDE (id) WHERE kind = 1;
	CREATE INDEX hashed ON orders USING hash ("user");
	ALTER TABLE orders REPLICA IDENTITY USING INDEX "o \$ (k)";};
my $project = project('carried');
my $direct = database('direct');
value($direct, "CREATE EXTENSION versioning");
value($_, $orders) for $project->{database}, $direct;
my $before = schema($direct);
value($direct, 'ALTER TABLE orders ALTER "user" TYPE bigint');
begin_recipe($project, 'carried', 'change-type', 'table=orders', 'column=user',
	'type=bigint');
runs($project, 'apply', '--run-jobs');
is(schema($project->{database}), schema($direct),
	'indexes, constraints and the replica identity are those of ALTER TYPE');
runs($project, 'rollback', '--last', 4);
is(schema($project->{database}), $before, 'and can be taken back');

# So do the checks of a partitioned table.

my $partitioned = q{
	CREATE TABLE parts (id int PRIMARY KEY, amount int NOT NULL,
		CONSTRAINT positive CHECK (amount > 0)) PARTITION BY RANGE (id);
	CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (9);};
value($_, $partitioned) for $project->{database}, $direct;
value($direct, 'ALTER TABLE orders ALTER "user" TYPE int;
	ALTER TABLE parts ALTER amount TYPE numeric');
begin_recipe($project, 'checked', 'change-type', 'table=parts', 'column=amount',
	'type=numeric');
runs($project, 'apply', '--run-jobs', "checked-validated");
is(schema($project->{database}), schema($direct), 'it is that of ALTER TYPE');

# A default that no cast converts

value($project->{database}, q{
	CREATE TABLE answers (id int PRIMARY KEY, answer text DEFAULT 'none',
		short text GENERATED ALWAYS AS (left(answer, 1)) STORED)});
my @answers = (qw(new answers --recipe change-type table=answers column=answer
	type=int), q{forward=CASE answer WHEN 'none' THEN 0 ELSE 1 END}, '-d',
	$project->{database});
my ($status, undef, $errors) = versioning($project, @answers);
isnt($status, 0, 'the default is asked for');
like($errors, qr/^versioning: detail: new_default=\.\.\. +the default of/m, 'by name');
runs($project, @answers, 'new_default=0');
value($project->{database},
	'CREATE TABLE prices (id int PRIMARY KEY, price numeric DEFAULT 9.99)');
isnt((versioning($project, qw(new prices --recipe change-type table=prices
	column=price type=int), 'forward=(price * 100)::int', '-d',
	$project->{database}))[0], 0,
	'the default is asked for when the conversion is no cast');
like(slurp($project, 'answers-finish'), qr/column short of table public\.answers/,
	'a generated column is named');
unlike(slurp($project, 'answers-finish'), qr/column answer of/, 'the default is not');
like(slurp($project, 'answers-finish'), qr/ALTER COLUMN answer SET DEFAULT 0;/,
	'the new default is set');

# A domain

$project = project('domain');
value($project->{database}, q{
	CREATE DOMAIN short AS text CHECK (VALUE <> '');
	CREATE TABLE items (id int PRIMARY KEY, code text)});
($status, undef, $errors) = versioning($project, qw(new domain --recipe
	change-type table=items column=code type=public.short -d),
	$project->{database});
isnt($status, 0, 'no column of a domain is added');
like($errors, qr/public\.short is a domain: .* can write the whole table/,
	'why');

# What the second column does not get is there again when all is taken back.

$project = project('again');
value($project->{database}, q{
	CREATE TABLE codes (code text PRIMARY KEY);
	CREATE TABLE parts (id int, code text CHECK (code <> '?') REFERENCES codes,
		note text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
	CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (9);
	CREATE INDEX ON parts (code);
	CREATE TABLE items (id int PRIMARY KEY, note text,
		code text CHECK (code <> '?') REFERENCES codes);
	CREATE STATISTICS few ON code, note FROM items;
	CREATE INDEX ON items (lower(code)) WHERE code > '0'});
$before = schema($project->{database});
for my $table (qw(items parts))
{
	begin_recipe($project, $table, 'change-type', "table=$table",
		qw(column=code type=int));
}
runs($project, 'apply', '--run-jobs');
unlike(schema($project->{database}), qr/code text CONSTRAINT|few|lower/,
	'they are dropped');
runs($project, 'rollback', '--last', 4);
is(schema($project->{database}), $before, 'all is as it was');

done_testing();

# The text of a patch
sub slurp
{
	my ($project, $patch) = @_;
	my $file = "$project->{directory}/patches/$patch.sql";

	open my $handle, '<', $file or die "cannot open $file: $!\n";
	local $/;
	return scalar <$handle>;
}
