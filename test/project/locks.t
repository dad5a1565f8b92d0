# What doc/locks.md says is so. Each statement in its tables is run in a
# transaction, and takes the lock that is named as its strongest one, reads all
# of the table or does not, and writes it anew or does not. The patches can be
# applied, and leave behind what they should.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use FindBin;
use IPC::Run ();
use lib "$FindBin::Bin/../lib";
use Scratch qw(database);
use Test::More;

my $root = dirname(dirname(dirname(abs_path($0))));

# From the weakest to the strongest
my @modes = ('none', 'ACCESS SHARE', 'ROW SHARE', 'ROW EXCLUSIVE',
	'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE',
	'ACCESS EXCLUSIVE');
my %strength = map { ($modes[$_] =~ s/ //gr . 'LOCK' => $_) } 0 .. $#modes;

my $tables = <<'END';
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint,
    code varchar(10), amount integer, note text);
INSERT INTO customers VALUES (1);
INSERT INTO orders SELECT n, 1, n % 10, 1, '' FROM generate_series(1, 9) AS n;
ALTER TABLE orders ADD CONSTRAINT amount_is_there
    CHECK (amount IS NOT NULL) NOT VALID;
CREATE TABLE invoices (id bigint, customer_id bigint
    CONSTRAINT customer REFERENCES customers);
ALTER TABLE invoices ADD CONSTRAINT customer_later
    FOREIGN KEY (id) REFERENCES customers NOT VALID;
CREATE TABLE measured (n integer) PARTITION BY LIST (n);
CREATE TABLE measured_1 PARTITION OF measured FOR VALUES IN (1);
CREATE TABLE measured_2 (n integer);
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RETURN new; END';
END
$ENV{PGDATABASE} = database('tables');
psql($tables);

my $page = slurp("$root/doc/locks.md");
my @rows = $page =~ /^\| `([^`]+)` \| ([A-Z ]+|none) \| (\w+) \|$/mg;
cmp_ok(@rows / 3, '>', 30, 'the first table is there');
while (my ($statement, $lock, $work) = splice @rows, 0, 3)
{
	my ($mode, $kept, $scans) = split /\|/, try('orders', $statement);

	is($mode, $lock, "$statement: its lock");
	is($kept ne 't' ? 'writes' : $scans ? 'reads' : 'nothing',
		$work, "$statement: its work");
}

@rows = $page =~ /^\| `([^`]+)` \| `(\w+)` \| ([A-Z ]+) \|$/mg;
cmp_ok(@rows / 3, '>', 10, 'the second table is there');
while (my ($statement, $table, $lock) = splice @rows, 0, 3)
{
	my ($mode) = split /\|/, try($table, $statement);

	is($mode, $lock, "$statement: its lock on $table");
}

my $patches = tempdir(CLEANUP => 1);
my %patch = $page =~ /^```sql\n-- patches\/(\S+)\n(.*?)^```$/gms;
cmp_ok(scalar keys %patch, '>', 8, 'there are patches');
for my $file (keys %patch)
{
	open my $stream, '>', "$patches/$file" or die "cannot write $file: $!\n";
	print $stream $patch{$file};
	close $stream or die "cannot write $file: $!\n";
}
psql('CREATE EXTENSION versioning');
IPC::Run::run([ 'versioning', 'apply', '--patches', $patches ],
	'>&', \my $printed);
is($?, 0, 'the patches can be applied') or diag($printed);
is(psql('SELECT count(*) FROM _v.patches'),
	scalar keys %patch, 'each of them is');
is(psql('SELECT count(*) FROM orders WHERE reference IS NULL'),
	0, 'old rows have what a new column should have');
is(psql("SELECT count(*) FROM pg_constraint WHERE NOT convalidated
			AND conrelid = 'orders'::regclass
			AND conname <> 'amount_is_there'"), 0, 'nothing is left invalid');

psql('ALTER TABLE orders ALTER COLUMN amount DROP NOT NULL, ADD CONSTRAINT
	amount_checked CHECK (amount IS NOT NULL)');
my ($last) = $patch{'amount-not-null.sql'} =~ /(^ALTER .*);$/ms;
is((split /\|/, try('orders', $last))[2],
	0, 'SET NOT NULL after a valid constraint does not read the table');
cmp_ok((split /\|/, try('orders', 'ALTER TABLE orders
		ALTER COLUMN amount SET NOT NULL, DROP CONSTRAINT amount_checked'))[2],
	'>', 0, 'but it does if the same statement drops the constraint');

done_testing();


# What a statement does to a table: the strongest lock, whether its file is the
# same one, how many times it was read.
sub try
{
	my ($table, $statement) = @_;
	my ($held, $rest) = split /\|/, psql(<<"END"), 2;
BEGIN;
CREATE TEMP TABLE old ON COMMIT DROP AS
    SELECT '$table'::regclass::oid AS id,
           pg_relation_filenode('$table') AS file,
           pg_stat_get_xact_numscans('$table'::regclass) AS scans;
$statement;
SELECT (SELECT string_agg(mode, ',') FROM pg_locks
         WHERE relation = id AND pid = pg_backend_pid()),
       pg_relation_filenode(id) IS NOT DISTINCT FROM file
           OR pg_relation_filenode(id) IS NULL,
       pg_stat_get_xact_numscans(id) - scans
  FROM old;
ROLLBACK;
END
	my @strengths = sort { $b <=> $a } map { $strength{ uc $_ } } split /,/,
	  $held;

	# Our own look takes the weakest one.
	return (@strengths == 0 || $strengths[0] == 1
		&& $statement !~ /SELECT \*/ ? 'none' : $modes[ $strengths[0] ])
	  . "|$rest";
}

# What psql prints.
sub psql
{
	my ($commands) = @_;

	IPC::Run::run([qw(psql -X -q -A -t -v ON_ERROR_STOP=1)],
		'<', \$commands, '>', \my $printed)
	  or fail("psql runs this: $commands");
	return $printed =~ s/\n\z//r;
}

sub slurp
{
	my ($path) = @_;
	open my $file, '<', $path or die "cannot open $path: $!\n";
	local $/;
	return scalar <$file>;
}
