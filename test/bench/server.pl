# The part of the benchmark that measures the register. See run.

use strict;
use warnings;

use List::Util qw(shuffle);

our ($here, $root, $tmp);

# The names of the tables that are compared, as the report has them.
my $same = 'same indexes';
my $key = 'primary key only';

sub measure_server
{
	compile_client();
	make_databases();

	print_head('server', 'us');
	for my $size (10, 1_000, 100_000)
	{
		fill($size);
		compare_writes(
			"register_patch, 1 requirement, register of $size rows",
			3.2, 'register', 50, [ registrations(2_050, 1, $size) ]);
	}
	compare_writes('register_patch, 100 requirements, register of 100000 rows',
		6, 'register', 20, [ registrations(420, 100, 100_000) ]);

	# Nothing requires a patch of the second half.
	my @leaves = shuffle(50_001 .. 100_000);
	compare_writes('unregister_patch, register of 100000 rows',
		3, 'unregister', 20, [ map { patch($_) . "\t" } @leaves[ 0 .. 619 ] ]);
	measure_chain();
	measure_first_call();
	measure_long_session();
	return;
}

# Compiles the program that times statements.
sub compile_client
{
	my ($includedir, $libdir) =
	  map { chomp(my $path = `"\$PG_CONFIG" $_`); $path }
	  qw(--includedir --libdir);

	run('cc', '-O2', "-I$includedir", "$here/interleave.c", '-o',
		"$tmp/interleave", "-L$libdir", '-lpq', "-Wl,-rpath,$libdir");
	return;
}

# Makes one database with our register and what it is compared with, and one
# with the original.
sub make_databases
{
	run('createdb', $_) for qw(ours original);
	psql('ours', <<"SQL");
CREATE EXTENSION versioning;
CREATE TABLE same (LIKE _v.patches INCLUDING ALL);
CREATE TABLE key (LIKE _v.patches INCLUDING DEFAULTS, PRIMARY KEY (patch_name));
SQL
	run('psql', qw(-X -q -v ON_ERROR_STOP=1 -d original -f),
		"$root/test/originals/old.sql");
	return;
}

# Fills all the tables anew.
sub fill
{
	my ($size) = @_;
	my %tables = (ours => [qw(_v.patches same key)],
		original => [qw(_v.patches)]);

	for my $database (sort keys %tables)
	{
		psql($database, <<"SQL") for @{ $tables{$database} };
TRUNCATE $_;
INSERT INTO $_ (patch_name, applied_by, requires, conflicts)
SELECT format('patch-%s', i), current_user,
       CASE WHEN i > 1 THEN ARRAY[format('patch-%s', i / 2)] ELSE '{}' END,
       CASE WHEN i % 100 = 0 THEN ARRAY[format('other-%s', i)] ELSE '{}' END
  FROM generate_series(1, $size) AS i;
SQL
	}
	clean();
	return;
}

# Removes what was rolled back.
sub clean
{
	psql($_, 'VACUUM ANALYZE') for qw(ours original);
	return;
}

# Returns parameters for calls that register new patches, each of which requires
# some of those in the register.
sub registrations
{
	my ($calls, $requirements, $size) = @_;
	my @lines;

	for my $call (1 .. $calls)
	{
		my %names;
		$names{ patch(1 + int rand $size) } = 1
		  while keys %names < $requirements;
		push @lines, "new-$call\t{" . join(',', shuffle keys %names) . '}';
	}
	return @lines;
}

# Returns a lane for each of what is compared, to register or unregister. The
# original does one in so many of the calls.
sub lanes
{
	my ($what, $share) = @_;
	my $insert = 'INSERT INTO %s (patch_name, applied_by, requires, conflicts) '
	  . "VALUES (\$1, current_user, \$2, '{}')";
	my $delete = 'DELETE FROM %s WHERE patch_name = $1';
	my $bare = $what eq 'register' ? $insert : $delete;
	my $call =
	  $what eq 'register'
	  ? 'SELECT _v.register_patch($1, $2, NULL)'
	  : 'SELECT _v.unregister_patch($1)';

	return (
		[ $same, 'dbname=ours', 1, sprintf($bare, 'same') ],
		[ $key, 'dbname=ours', 1, sprintf($bare, 'key') ],
		[ 'ours', 'dbname=ours', 1, $call ],
		[ 'original', 'dbname=original', $share, $call ]);
}

# Runs the lanes in turn; returns for each the times of its batches.
sub interleave
{
	my ($mode, $batch, $calls, @lanes) = @_;
	my %times;

	open my $file, '>', "$tmp/calls" or die "cannot write $tmp/calls: $!\n";
	print $file map { "$_\n" } @$calls;
	close $file or die "cannot write $tmp/calls: $!\n";

	open my $pipe, '-|', "$tmp/interleave", $mode ? $mode : (), $batch,
	  "$tmp/calls", map { @$_ } @lanes
	  or die "cannot run interleave: $!\n";
	while (my $line = <$pipe>)
	{
		chomp $line;
		my ($lane, $time) = split /\t/, $line;
		push @{ $times{$lane} }, $time;
	}
	close $pipe or die "interleave failed\n";
	clean() if !$mode;
	return %times;
}

# Prints how ours and the original compare with each of the bare tables.
sub compare_times
{
	my ($word, $target, %times) = @_;
	my %median = map { $_ => median(@{ $times{$_} }) } keys %times;

	print_comparison("$word, $_", $target, $median{$_}, $median{ours},
		$median{original})
	  for $same, $key;
	return;
}

# Measures many calls in one transaction. The first batch warms up.
sub compare_writes
{
	my ($subject, $target, $what, $batch, $calls) = @_;

	# To unregister takes the original so long that two calls must do.
	my $share = $what eq 'register' ? 1 : $batch;
	my %times = interleave('', $batch, $calls, lanes($what, $share),
		[ 'nothing', 'dbname=ours', 1, 'SELECT $1::text' ]);

	shift @$_ for values %times;
	print_subject(sprintf '%s (%s us for a SELECT that reads no table)',
		$subject, number(median(@{ delete $times{nothing} })));
	compare_times("bare " . ($what eq 'register' ? 'INSERT' : 'DELETE'),
		$target, %times);
	return;
}

# Measures what takes back a chain of patches, the last one first.
sub measure_chain
{
	my @names = map { "chain-$_" } 1 .. 420;
	my @calls =
	  map { "$names[$_]\t{" . ($_ > 0 ? $names[ $_ - 1 ] : '') . '}' }
	  0 .. $#names;
	my %times;

	interleave('--commit', 20, \@calls, lanes('register', 1));
	%times = interleave('--commit', 20, [ map { "$_\t" } reverse @names ],
		lanes('unregister', 1));
	shift @$_ for values %times;
	print_subject('unregister_patch, in reverse of a chain just registered');
	compare_times('bare DELETE', 3, %times);
	clean();
	return;
}

# Measures the first statement of a connection.
sub measure_first_call
{
	my %times = interleave('--fresh', 1, [ registrations(210, 1, 100_000) ],
		lanes('register', 1));

	splice @$_, 0, 10 for values %times;
	print_subject('register_patch, first call in a fresh connection');
	compare_times('bare INSERT', 1.3, %times);
	return;
}

# Measures one session in which the register grows from 10 rows to 10,010.
sub measure_long_session
{
	my @calls = registrations(10_100, 1, 10);
	my (%times, %first, %last);

	fill(10);
	%times = interleave('', 100, \@calls, lanes('register', 1));
	for (keys %times)
	{
		$first{$_} = [ @{ $times{$_} }[ 1 .. 10 ] ];
		$last{$_} = [ @{ $times{$_} }[ -10 .. -1 ] ];
	}

	print_subject('register_patch, the last 1000 of 10000 calls in a session '
		  . 'that began with 10 rows');
	print_growth(1.1, \%first, \%last);
	compare_times('bare INSERT', 3.2, %last);
	return;
}

1;
