#!/usr/bin/perl

# A project of 300 patches, each of which requires up to eight others: applied
# from empty, again, and rolled back to empty, in each of the ways to say so. On
# our register and on depesz's.

use strict;
use warnings;

use FindBin;
use File::Temp qw(tempdir);
use lib "$FindBin::Bin/../server/lib", "$FindBin::Bin/lib";
use Inventory qw(inventory differences);
use PatchSet;
use Scratch;
use Test::More;

my $set = PatchSet->new(
	count => 300,
	seed => 300,
	requirements => 8,
	conflicts => 9);
my @names = $set->names;
my $directory = tempdir(CLEANUP => 1);

$set->write_to($directory);
chdir $directory or die "cannot change to $directory: $!\n";

# What psql makes of the files, one by one.
my $reference = database('reference');
value($reference, 'CREATE EXTENSION versioning');
for my $file ($set->files)
{
	my ($status, $output, $errors) = run(qw(psql -X -q -v ON_ERROR_STOP=1 -d),
		$reference, '-f', $file);
	die "psql failed on $file:\n$errors" if $status != 0;
}
my $whole = inventory($reference, $set);
my %requirements = requirements($reference);
is(scalar(keys %$whole), 300, 'psql can apply the files');

my ($status, $output, $errors) = versioning('check', '--disable', 'name');
is($status, 0, 'check finds nothing wrong');
is("$output$errors", '', 'and has nothing to say');

for my $register ('extension', 'old', 'new')
{
	my $database = database($register);
	if ($register eq 'extension')
	{
		value($database, 'CREATE EXTENSION versioning');
	}
	else
	{
		original($database, $register);
	}
	subtest $register => sub { there_and_back($database) };
}
chdir '/';
done_testing();


# Applies and rolls back, in one database after the other.
sub there_and_back
{
	my ($database) = @_;
	my @on = ('-d', $database);

	is_up_to_date($database, 0);
	applies($database, 'from empty');
	is_up_to_date($database, 1);

	succeeds_with(qr/nothing to (?:do|apply)|up to date/i, 'apply again', 'apply', @on);
	is_whole($database, 'nothing has changed');

	my ($status, $output, $errors) = versioning('rollback', @on, $names[0]);
	is($status, 1, 'the root is not rolled back without the others');
	is_whole($database, 'nothing was rolled back');

	succeeds_with(undef, 'rollback --cascade', 'rollback', @on, '--cascade',
		$names[0]);
	# There may be patches that do not depend on the first one.
	is_deeply(
		[ sort keys %{ inventory($database, $set) } ],
		[ sort(independent_of($names[0])) ],
		'what depends on the first patch is gone');

	applies($database, 'once more');
	succeeds_with(undef, 'rollback --last 300', 'rollback', @on, '--last',
		300);
	is_empty($database);

	applies($database, 'a third time');
	succeeds_with(undef, 'rollback of all names', 'rollback', @on,
		sort @names);
	is_empty($database);

	# A single patch brings what it requires, and nothing else.
	succeeds_with(undef, 'apply one', 'apply', @on, $names[-1]);
	is_deeply(
		[ sort keys %{ inventory($database, $set) } ],
		[ sort(closure($names[-1])) ],
		'it came with what it requires');
	return;
}

sub applies
{
	my ($database, $name) = @_;
	succeeds_with(undef, "apply, $name", 'apply', '-d', $database);
	return is_whole($database, 'as psql does it');
}

# Passes if versioning succeeds, and prints what matches.
sub succeeds_with
{
	my ($pattern, $name, @arguments) = @_;
	my ($status, $output, $errors) = versioning(@arguments);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($status, 0, $name) or diag $output, $errors;
	like("$output$errors", $pattern, "$name: what it says") if $pattern;
	return;
}

sub is_up_to_date
{
	my ($database, $expected) = @_;
	my ($status, $output) =
	  versioning('status', '-d', $database, '--exit-code');

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is($status, $expected ? 0 : 5, 'status --exit-code');
}

sub is_whole
{
	my ($database, $name) = @_;
	my $found = inventory($database, $set);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is_deeply([ scalar keys %$found, differences($found, $whole) ],
		[300], $name);
}

sub is_empty
{
	my ($database) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is_deeply(inventory($database, $set), {}, 'nothing is left');
}

# What each patch requires.
sub requirements
{
	my ($database) = @_;
	my %requirements;
	for (split /\n/, value($database, <<'SQL'))
SELECT patch_name || E'\t' || array_to_string(requires, E'\t') FROM _v.patches
SQL
	{
		my ($name, @required) = split /\t/;
		$requirements{$name} = \@required;
	}
	return %requirements;
}

# A patch and all that it requires.
sub closure
{
	my ($name) = @_;
	my %met;
	my @waiting = ($name);

	while (defined(my $next = shift @waiting))
	{
		push @waiting, @{ $requirements{$next} } if !$met{$next}++;
	}
	return keys %met;
}

# All patches that can do without one.
sub independent_of
{
	my ($name) = @_;
	return grep {
		my $patch = $_;
		!grep { $_ eq $name } closure($patch)
	} @names;
}

sub versioning
{
	return run(split(' ', $ENV{VERSIONING} // 'versioning'), @_);
}
