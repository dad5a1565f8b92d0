# Logical replication: rows that come from a publisher are kept in step on a
# subscriber, whether the publisher has the trigger, too, or not; and what the
# publisher has made of a row is not changed.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use OwnCluster;
use Recipe;
use Scratch;
use Test::More;

plan skip_all => 'run by test/harness/cluster only'
  unless $ENV{VERSIONING_CLUSTER};

my $tables = q{
	CREATE TABLE items (id int PRIMARY KEY, code text, zip text, name text);
	CREATE TABLE others (id int PRIMARY KEY, code text);
	CREATE TABLE people (id int PRIMARY KEY, street text);};
my @recipes = (
	[ 'retype', qw(change-type table=items column=code type=int) ],
	[ 'rename', qw(rename-column table=items column=zip new=postcode) ],
	[ 'split', qw(split-column table=items column=name first=given
		second=family), q{first_value=split_part(name, ' ', 1)},
		q{second_value=split_part(name, ' ', 2)},
		q{back=concat_ws(' ', given, family)} ],
	[ 'move', qw(split-table table=people columns=street new=streets) ]);
my $subscriber = project('subscriber');
my $here = $ENV{PGHOST};

# The publisher has a cluster of its own.
make_cluster('publisher');
start('publisher');
my $publisher = project('publisher');
my $connection =
  "host=$directory port=$ENV{PGPORT} dbname=$publisher->{database} user=postgres";

value($publisher->{database}, "$tables
	CREATE PUBLICATION p FOR TABLE items, others, people");
begin_recipes($publisher);
runs($publisher, 'apply', map { "$_->[0]-start" } @recipes);

# Values that the new columns cannot hold as they are
value($publisher->{database}, q{
	ALTER PUBLICATION p ADD TABLE streets;
	INSERT INTO people VALUES (1, 'a'), (2, NULL);
	INSERT INTO streets VALUES (2, 'b');
	INSERT INTO items (id, code, zip, name) VALUES (1, '007', 'a', 'A van B');
	INSERT INTO items (id, new_code, postcode, given) VALUES (2, 8, 'b', 'C');});
my $query = 'SELECT * FROM items ORDER BY id';
my $first = value($publisher->{database}, $query);
my $both = join q{ || ', ' || }, map {
	"(SELECT string_agg(concat(id, street), ' ' ORDER BY id) FROM $_)"
} qw(people streets);
is($first, "1|007|a|A van B|a|7|A|van\n2|8|b|C|b|8|C|",
	'the publisher keeps them in step');

$ENV{PGHOST} = $here;
value($subscriber->{database}, $tables);
begin_recipes($subscriber);
runs($subscriber, 'new', 'others', '--requires', '', '--recipe',
	qw(change-type table=others column=code type=int), '-d',
	$subscriber->{database});
runs($subscriber, 'apply', map { "$_->[0]-start" } @recipes, ['others']);
value($subscriber->{database},
	"CREATE SUBSCRIPTION s CONNECTION '$connection' PUBLICATION p");
ok(wait_until($subscriber->{database}, 'SELECT count(*) = 2 FROM items'),
	'rows are copied');
is(value($subscriber->{database}, $query), $first, 'as they are');
ok(wait_until($subscriber->{database}, "SELECT $both = '1a 2b, 1a 2b'"),
	'both tables of one that was split are copied');

{
	local $ENV{PGHOST} = $directory;
	value($publisher->{database}, q{
		INSERT INTO items (id, code, zip, name) VALUES (3, '009', 'c', 'D E F');
		UPDATE items SET code = '010', postcode = 'd', family = 'G' WHERE id = 1;
		UPDATE items SET new_code = 11, zip = 'e', name = 'H I J' WHERE id = 2;
		UPDATE items SET new_code = NULL, zip = NULL, name = NULL WHERE id = 3;
		UPDATE people SET street = 'c' WHERE id = 1;
		UPDATE streets SET street = 'd' WHERE id = 2;
		INSERT INTO people VALUES (3, 'e');
		DELETE FROM streets WHERE id = 1;
		INSERT INTO others (id, code) VALUES (1, '012'), (2, '013');
		UPDATE others SET code = '014' WHERE id = 2});
	$first = value($publisher->{database}, $query);
}
ok(wait_until($subscriber->{database},
		"SELECT count(*) = 1 FROM others WHERE code = '014'"),
	'rows are followed');
is(value($subscriber->{database}, $query), $first, 'as they are, too');
is(value($subscriber->{database}, "SELECT $both"), '1 2d 3e, 2d 3e',
	'both tables are followed');
is(value($subscriber->{database}, 'SELECT * FROM others ORDER BY id'),
	"1|012|12\n2|014|14",
	'what a publisher without a trigger writes is kept in step here');
value($subscriber->{database}, 'DROP SUBSCRIPTION s');

done_testing();

# Writes the patches of all recipes.
sub begin_recipes
{
	my ($project) = @_;

	begin_recipe($project, @$_) for @recipes;
	return;
}
