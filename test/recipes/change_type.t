# change-type: both conversions, none of which changes what was not written; the
# indexes, default and grants of the column.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Recipe;
use Scratch qw(value role);
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

# The default is what the conversion makes of the old one.

my $cents = project('cents');
value($cents->{database}, q{
	CREATE TABLE items (id int PRIMARY KEY, price numeric DEFAULT 9.99 NOT NULL,
		"A ""b" text DEFAULT '\\1');
	INSERT INTO items VALUES (1)});
for (
	[ qw(cents column=price type=integer forward=(Price*100)::int
		back=new_price/100.0) ],
	[
		qw(bytes type=bytea), 'column=A "b',
		q{forward=convert_to("A ""b", 'UTF8')},
		q{back=convert_from("new_A ""b", 'UTF8')}
	])
{
	my ($name, @values) = @$_;
	my (undef, undef, $errors) = versioning($cents, 'new', $name, '--recipe',
		'change-type', 'table=items', @values, '-d', $cents->{database});
	is($errors, '', "$name is written");
}
is((versioning($cents, 'apply', '--run-jobs'))[0], 0, 'and applied');
versioning($cents, 'new', 'sum', '--recipe', 'change-type', 'table=items',
	'column=price', 'type=text', 'forward=price::text || id', 'back=price',
	'-d', $cents->{database});
open my $sum, '<', "$cents->{directory}/patches/sum-finish.sql";
my $finish = $sum ? join '', <$sum> : '';
like($finish, qr/^-- No default: .* other columns. The old one was /m,
	'other columns are no default');
unlike($finish, qr/SET DEFAULT/, 'nor is anything else then');
unlink glob "$cents->{directory}/*/*sum-*.sql";
is( value($cents->{database}, q{INSERT INTO items VALUES (2);
		SELECT id, price, convert_from("A ""b", 'UTF8') FROM items}),
	"1|999|\\1\n2|999|\\1", 'a row without values is as one before');

# A domain

my $project = project('domain');
value($project->{database}, q{
	CREATE DOMAIN short AS text CHECK (VALUE <> '');
	CREATE TABLE items (id int PRIMARY KEY, code text)});
my ($status, undef, $errors) = versioning($project, qw(new domain --recipe
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
my $before = schema($project->{database});
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
