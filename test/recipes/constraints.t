# add-not-null, add-foreign-key, add-unique: constraints for tables that have
# data.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Recipe;
use Scratch qw(fails value);
use Test::More;

# Both applications do the same.
my @operations = map { [ $_, $_ ] } (
	q{DELETE FROM orders WHERE id < 0},
	q{INSERT INTO orders (id) VALUES (-1)},
	q{INSERT INTO orders (id, state) VALUES (-2, NULL), (-3, 'sent')},
	q{UPDATE orders SET state = NULL WHERE id IN (3, 990)},
	q{UPDATE orders SET amount = 1 WHERE id IN (4, 991)},
	q{INSERT INTO orders (id, state) VALUES (5, NULL), (-5, NULL)
		ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state},
	qq{COPY orders (id, state) FROM stdin;\n-6\t\\N\n\\.\n},
	q{SET session_replication_role = replica;
		UPDATE orders SET state = NULL WHERE id = 6});
my $state = q{SELECT id, coalesce(state, 'new' || id), amount
	FROM orders ORDER BY id};

try_recipe(
	name => 'state-known',
	recipe => [qw(add-not-null table=orders column=state), q{value='new' || id} ],
	tables => q{
		CREATE TABLE orders (id int PRIMARY KEY, state text, amount int);
		INSERT INTO orders SELECT n, CASE WHEN n % 5 > 0 THEN 'sent' END
			FROM generate_series(1, 1000) AS n},
	operations => \@operations,
	old => $state,
	new => $state,
	direct => 'UPDATE orders SET state = 0 WHERE state IS NULL;
		ALTER TABLE orders ALTER state SET NOT NULL');

my $tables = q{
	CREATE SCHEMA s;
	CREATE TABLE s.customers (number int PRIMARY KEY);
	INSERT INTO s.customers SELECT n FROM generate_series(1, 100) AS n;
	CREATE TABLE orders (id int PRIMARY KEY, customer int, code int);
	INSERT INTO orders SELECT n, 1 + n % 100, n
		FROM generate_series(1, 1000) AS n;};
@operations = map { [ $_, $_ ] } (
	q{DELETE FROM orders WHERE id < 0},
	q{INSERT INTO orders VALUES (-1, 7, -1), (-2, NULL, NULL), (-3, 7, NULL)},
	q{UPDATE orders SET customer = 8 WHERE id IN (1, 999, -2)},
	q{DELETE FROM s.customers AS c WHERE number = 10
		AND NOT EXISTS (SELECT FROM orders AS o WHERE o.customer = c.number)});
my %try = (
	tables => $tables,
	operations => \@operations,
	old => 'TABLE orders ORDER BY id',
	new => 'TABLE orders ORDER BY id');

try_recipe(%try,
	name => 'order-customer',
	recipe => [qw(add-foreign-key table=orders column=customer
		referenced=s.customers), 'action=ON DELETE CASCADE'],
	direct => 'ALTER TABLE orders ADD CONSTRAINT "order-customer"
		FOREIGN KEY (customer) REFERENCES s.customers ON DELETE CASCADE');
try_recipe(%try,
	name => 'order-code',
	recipe => [qw(add-unique table=orders column=code constraint=code)],
	direct => 'ALTER TABLE orders ADD CONSTRAINT code UNIQUE (code)');

# Wrong rows are refused from the start on.

my $project = project('wrong');
value($project->{database}, $tables);
begin_recipe($project, 'fk', qw(add-foreign-key table=orders column=customer
	referenced=s.customers));
begin_recipe($project, 'unique', qw(add-unique table=orders column=code));
runs($project, 'apply', 'fk-start', 'unique-start');
fails($project->{database}, 'INSERT INTO orders VALUES (-1, 101)',
	qr/foreign key/, 'a wrong reference');
fails($project->{database}, 'INSERT INTO orders VALUES (-1, NULL, 7)',
	qr/duplicate key/, 'a second one');

# Taking back the finish alone leaves what is valid as it was.

$project = project('valid');
value($project->{database},
	'CREATE TABLE orders (id int PRIMARY KEY, state text)');
begin_recipe($project, qw(valid add-not-null table=orders column=state),
	"value=''");
runs($project, qw(apply --run-jobs valid-validated));
my $before = schema($project->{database});
runs($project, 'apply');
runs($project, 'rollback', 'valid-finish');
is(schema($project->{database}), $before, 'the constraint is valid still');

# A partitioned table

value($project->{database},
	'CREATE TABLE parts (id int, customer int) PARTITION BY RANGE (id)');
my ($refused) = versioning($project, qw(new parts --recipe add-foreign-key),
	qw(table=parts column=customer referenced=orders -d),
	$project->{database});
is($refused != 0, value('postgres', 'SHOW server_version_num') < 180000,
	'what the server cannot do is refused');

# What cannot work

value($project->{database}, q{
	CREATE TABLE made (id int PRIMARY KEY, code text, "a, b" text,
		note text, double text GENERATED ALWAYS AS (code || code) STORED)});
my $generated =
  qr/column "double" is generated when the trigger has been fired/;
for (
	[ 'add-unique column=x', qr/table public\.made has no column "x"/ ],
	[ 'add-foreign-key column=id,x referenced=made', qr/has no column "x"/ ],
	[ 'add-foreign-key column=id key=ID,"y,z" referenced=made',
		qr/has no column "y,z"/ ],
	[ 'add-not-null column=code value=left(double,1)', $generated ],
	[ 'change-type column=code type=int forward=length(double)', $generated ],
	[ 'split-column column=code first=a second=b first_value=double '
		  . 'second_value=double', $generated ],
	[ 'merge-columns first=code second=id new=c value=code '
		  . 'first_value=double second_value=c', qr/"id" is in a key/ ],
	[ 'merge-columns first=code second=note new=c value=code '
		  . 'first_value=double second_value=c', $generated ])
{
	my ($arguments, $why) = @$_;
	my (undef, undef, $errors) = versioning($project,
		qw(new no table=made --recipe), split(' ', $arguments), '-d', $project->{database});
	like($errors, $why, $arguments);
}
begin_recipe($project, 'odd', qw(add-unique table=made),
	'column="a, b", code');

done_testing();
