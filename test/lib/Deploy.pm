# Projects of patch files in a directory of their own, each with a database, and
# the program versioning run on them.
#
# The program is the one that VERSIONING names in the environment, else the one
# that is found in PATH.

package Deploy;

use strict;
use warnings;

use Cwd qw(getcwd);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use FindBin;
use IPC::Run ();
use Test::More ();

use Scratch qw(database value);

our @EXPORT = qw(project add_files patch rollback_file versioning
  start_versioning start_program wait_for finish_versioning registered sessions
  applies refuses);

my $program = $ENV{VERSIONING} // 'versioning';

# Makes a project: a directory with the given files (pairs of a path below it
# and a text), and a database that has the extension. Returns a reference to a
# hash of "directory" and "database".
sub project
{
	my ($name, @files) = @_;
	my $project = {
		directory => tempdir(CLEANUP => 1),
		database => database($name)
	};

	value($project->{database}, 'CREATE EXTENSION versioning');
	make_path("$project->{directory}/patches",
		"$project->{directory}/rollbacks");
	add_files($project, @files);
	return $project;
}

# Writes files of a project: pairs of a path below its directory and a text.
sub add_files
{
	my ($project, @files) = @_;

	while (my ($path, $text) = splice @files, 0, 2)
	{
		my $file = "$project->{directory}/$path";

		make_path(dirname($file));
		open my $handle, '>', $file or die "cannot write $file: $!\n";
		print $handle $text;
		close $handle or die "cannot write $file: $!\n";
	}
	return;
}

# The text of a patch file with a transaction of its own: its name, what stands
# behind the registration, and the names that it requires.
sub patch
{
	my ($name, $body, @requirements) = @_;
	my $requirements = join ', ', map { literal($_) } @requirements;

	return
		"BEGIN;\nSELECT _v.register_patch("
	  . literal($name)
	  . (@requirements ? ", ARRAY[$requirements]" : '')
	  . ");\n"
	  . ($body // '')
	  . "\nCOMMIT;\n";
}

# The text of a rollback file, as above.
sub rollback_file
{
	my ($name, $body) = @_;

	return
		"BEGIN;\nSELECT _v.unregister_patch("
	  . literal($name) . ");\n"
	  . ($body // '')
	  . "\nCOMMIT;\n";
}

sub literal
{
	my ($text) = @_;
	return "'" . $text =~ s/'/''/gr . "'";
}

# Runs the program in the directory of a project, on its database. Returns its
# exit status, or "signal N", and what it wrote to its two outputs.
sub versioning
{
	my ($project, @arguments) = @_;
	return finish_versioning(start_versioning($project, @arguments));
}

# Starts the program, and returns what finish_versioning() takes.
sub start_versioning
{
	my ($project, @arguments) = @_;
	return start_program($project, $program, @arguments);
}

# Starts a program that may start ours, likewise.
sub start_program
{
	my ($project, @command) = @_;
	my %run = (output => '', errors => '', input => '');
	my $back = getcwd();

	local $ENV{PGDATABASE} = $project->{database};
	chdir $project->{directory} or die "cannot change directory: $!\n";
	$run{harness} = IPC::Run::start(\@command,
		'<', \$run{input}, '>', \$run{output}, '2>', \$run{errors});
	$run{pid} = $run{harness}->{KIDS}[0]{PID};
	chdir $back;
	return \%run;
}

# Waits until a condition is true, for half a minute at most, and returns it.
sub wait_for
{
	my ($condition) = @_;

	for (1 .. 600)
	{
		my $value = $condition->();
		return $value if $value;
		select undef, undef, undef, 0.05;
	}
	return;
}

# Waits for the end of the program. Returns as versioning() does.
sub finish_versioning
{
	my ($run) = @_;
	my $status;

	$run->{harness}->finish;
	$status = $run->{harness}->full_result;
	$status = $status & 127 ? 'signal ' . ($status & 127) : $status >> 8;
	return ($status, $run->{output}, $run->{errors});
}

# The names of the patches that are registered, in order, with spaces between.
sub registered
{
	my ($project) = @_;
	return value($project->{database},
		q{SELECT string_agg(patch_name, ' ' ORDER BY patch_name)
		    FROM _v.patches});
}

# How many sessions others have in the database of a project.
sub sessions
{
	my ($project) = @_;
	return value('postgres',
		'SELECT count(*) FROM pg_stat_activity WHERE datname = '
		  . literal($project->{database}));
}

# Passes if `versioning apply' with these arguments exits with 0 and the patches
# with the given names, in order, with spaces between, are then registered.
sub applies
{
	my ($project, $names, $test, @arguments) = @_;
	my ($status, $output, $errors) =
	  versioning($project, 'apply', @arguments);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	Test::More::is($status, 0, $test)
	  || Test::More::diag("$output\n$errors");
	return Test::More::is(registered($project), $names,
		"$test: what is registered");
}

# Passes if `versioning apply' with these arguments exits with 3, says on
# standard error what each of the patterns matches, and the patches with the
# given names, in order, are then registered.
sub refuses
{
	my ($project, $names, $patterns, $test, @arguments) = @_;
	my ($status, $output, $errors) =
	  versioning($project, 'apply', @arguments);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	Test::More::is($status, 3, $test)
	  || Test::More::diag("$output\n$errors");
	Test::More::like($errors, $_, "$test: what it says") for @$patterns;
	return Test::More::is(registered($project), $names,
		"$test: what is registered");
}

1;
