# The part of the benchmark that measures sandboxes. See run.

use strict;
use warnings;

use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

our $tmp;

# How many patches there are, how often a sandbox is made, how many at once
my ($patches, $rounds, $at_once) = (50, 15, 20);

sub measure_sandbox
{
	chdir $tmp or die "cannot change to $tmp: $!\n";
	mkdir $_ for 'sandbox', 'sandbox/patches';
	write_file("sandbox/patches/$_.sql",
		"BEGIN;\nSELECT _v.register_patch('$_');\n"
		  . "CREATE TABLE t$_ (id int PRIMARY KEY, name text);\nCOMMIT;\n")
	  for 1 .. $patches;
	chdir "$tmp/sandbox" or die "cannot change to $tmp/sandbox: $!\n";
	run('createdb', 'sandbox');
	local $ENV{PGDATABASE} = 'sandbox';
	psql('sandbox', 'CREATE EXTENSION versioning');

	print_head('sandbox', 'ms');
	print_subject("a database with $patches patches");
	my $first = milliseconds_of(sub { make_sandboxes(1) });
	measure_copies();
	print_limit('the first one', undef, 'ms', $first);
	run('versioning', 'sandbox', 'drop', '-q', '--older-than', '0');
	print_limit("$at_once at once, all first", undef, 'ms',
		milliseconds_of(sub { make_sandboxes($at_once) }));
	return;
}

# How long something takes, in milliseconds.
sub milliseconds_of
{
	my ($work) = @_;
	my $begin = clock_gettime(CLOCK_MONOTONIC);

	$work->();
	return 1000 * (clock_gettime(CLOCK_MONOTONIC) - $begin);
}

# Makes so many sandboxes at once.
sub make_sandboxes
{
	my ($count) = @_;
	run('sh', '-c', 'pids=
		for i in $(seq $1); do
			versioning sandbox -q "sandbox_$i" >/dev/null & pids="$pids $!"
		done
		for pid in $pids; do wait $pid || exit; done', 'sh', $count);
	return;
}

# Copies the template as psql does, and as we do, in turn.
sub measure_copies
{
	my $template = qx(psql -X -A -t -c "SELECT datname FROM pg_database
		WHERE datname LIKE 'versioning_template%'");
	my $how = qx(psql -X -A -t -c 'SHOW server_version_num') < 150_000 ? ''
	  : 'STRATEGY FILE_COPY';
	my (@its, @ours);

	chomp $template;
	for (1 .. $rounds)
	{
		push @its, milliseconds_of(sub { run('psql', '-X', '-q', '-c',
			"CREATE DATABASE bare TEMPLATE $template $how") });
		run('versioning', 'sandbox', 'drop', '-q', 'sandbox_1');
		push @ours, milliseconds_of(sub { make_sandboxes(1) });
		psql('sandbox', 'DROP DATABASE bare');
	}
	print_comparison('CREATE DATABASE by psql', 1.3, median(@its),
		median(@ours));
	return;
}

1;
