#!/usr/bin/perl

# A project of 300 patches, each of which requires up to eight others: applied
# from empty, again, and rolled back to empty, in each of the ways to say so. On
# our register and on depesz's.

use strict;
use warnings;

use FindBin;
use File::Temp qw(tempdir);
use lib "$FindBin::Bin/../lib";
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

my ($status, $output, $errors) = versioning('check', '-d', $reference,
	'--disable', 'name-differs');
is($status, 0, 'check finds nothing wrong');
is($errors, '', 'neither on standard error');
is(scalar(split /\n/, $output), 1, 'nor in what it prints');
like($output, qr/\b300 .*: 0 problems$/, 'and counts the files');

# The ways to say that all is to be rolled back.
my %back = (
	cascade => [ '--cascade', $names[0] ],
	last => [ '--last', 300 ],
	names => [ sort @names ]);

subtest 'our register' => sub {
	my $database = database('extension');
	value($database, 'CREATE EXTENSION versioning');
	there_and_back($database, qw(cascade last names));
	applies_one($database);
};
for my $variant (qw(old new))
{
	subtest "depesz's, $variant" => sub {
		my $database = database($variant);
		original($database, $variant);
		there_and_back($database, $variant eq 'old' ? 'last' : 'names');
	};
}
chdir '/';
done_testing();


# Applies, applies again, and rolls back in some of the ways.
sub there_and_back
{
	my ($database, @ways) = @_;

	is_up_to_date($database, 0);
	applies($database);
	is_up_to_date($database, 1);
	succeeds_with(qr/^Nothing to apply/, 'apply again', 'apply', '-d',
		$database);
	is_whole($database, 'nothing has changed');

	my ($status, $output, $errors) =
	  versioning('rollback', '-d', $database, $names[0]);
	is($status, 1, 'the first patch is not rolled back without the others');
	is_whole($database, 'nothing was rolled back');

	for my $way (@ways)
	{
		applies($database) if $way ne $ways[0];
		succeeds_with(qr/\b300 patches taken back/,
			"rollback, $way", 'rollback', '-d', $database, @{ $back{$way} });
		is_deeply(inventory($database, $set), {}, 'nothing is left');
	}
	return;
}

# A single patch brings what it requires, and nothing else.
sub applies_one
{
	my ($database) = @_;
	my $name = $names[-1];

	succeeds_with(undef, 'apply one', 'apply', '-d', $database, $name);
	is_deeply(
		[ sort keys %{ inventory($database, $set) } ],
		[ sort(closure($name)) ],
		'it came with what it requires');
	return;
}

sub applies
{
	my ($database) = @_;
	succeeds_with(qr/^300 patches applied/m, 'apply', 'apply', '-d',
		$database);
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

sub versioning
{
	return run(split(' ', $ENV{VERSIONING} // 'versioning'), @_);
}
