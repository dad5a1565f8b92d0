# What doc/locks.md says of statements is so.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Scratch;
use Test::More;

my $page = do {
	my $file = "$FindBin::Bin/../../doc/locks.md";
	open my $handle, '<', $file or die "cannot read $file: $!\n";
	local $/;
	<$handle>;
};
my ($first, @blocks) = $page =~ /^```sql\n(.*?)^```$/msg;
my ($locks, $writes) = split /^## What takes long$/m, $page;
my $database = database('page');

value($database, $first);

# What a query returns after a statement, which is taken back.
sub after
{
	my ($statement, $query) = @_;
	return value($database, "BEGIN;\n$statement;\n$query;\nROLLBACK;");
}

# The strongest lock on a table
sub lock_on
{
	my ($table) = @_;
	return "SELECT mode FROM pg_locks JOIN unnest(ARRAY['AccessShareLock',
		'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock',
		'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
		'AccessExclusiveLock']) WITH ORDINALITY AS m (mode, number)
			USING (mode)
		WHERE relation = '$table'::regclass AND pid = pg_backend_pid()
		ORDER BY number DESC LIMIT 1";
}

my %rows = $locks =~ /^\| `([^`]+)` \| ([A-Z ]+) \|$/mg;
is(keys %rows, 11, 'locks');
for my $statement (sort keys %rows)
{
	my $mode = join '', map { ucfirst lc } split / /, $rows{$statement};

	is(after($statement, lock_on('orders')), "${mode}Lock", $statement);
}
is( after('ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers',
		lock_on('customers')),
	'ShareRowExclusiveLock', 'the table that is referred to');

%rows = $writes =~ /^\| `([^`]+)` \| (nothing|the table) \|$/mg;
is(keys %rows, 9, 'what is written anew');
for my $statement (sort keys %rows)
{
	my $before =
	  value($database, "SELECT pg_relation_filenode('orders')");
	my $after = after($statement, "SELECT pg_relation_filenode('orders')");

	is($after == $before ? 'nothing' : 'the table', $rows{$statement},
		$statement);
}

# What the server says, at the lowest level but one, of a statement
sub says
{
	my ($statement) = @_;
	my ($status, undef, $errors) = psql($database,
		"BEGIN;\nSET client_min_messages = debug1;\n$statement;\nROLLBACK;");
	return $errors;
}

like(says($_), qr/verifying table "orders"|validating foreign key/,
	"$_ reads the whole table")
  for 'ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers',
  'ALTER TABLE orders ADD CHECK (amount > 0)',
  'ALTER TABLE orders ALTER COLUMN amount SET NOT NULL';

# The recipes, one after the other; those that run in a transaction do not keep
# readers away after VALIDATE.
is(@blocks, 6, 'recipes');
for my $block (@blocks)
{
	my ($name) = $block =~ /^(?!--)(.*)/m;

	is(after($block, lock_on('orders')), 'ShareUpdateExclusiveLock',
		"$name: it is in nobody's way")
	  if $block =~ /VALIDATE/;
	unlike(says($block), qr/verifying table/, "$name: it looks at no row")
	  if $block =~ /SET NOT NULL/;
	succeeds($database, $block, $name);
}
is(value($database, 'SELECT count(*) FROM pg_constraint
		WHERE conrelid = \'orders\'::regclass AND NOT convalidated'),
	0, 'all constraints are valid');

done_testing();
