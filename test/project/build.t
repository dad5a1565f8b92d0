# make does what PGXS users expect of it, in the source directory and in another
# one, and leaves nothing behind.

use strict;
use warnings;

use Cwd qw(getcwd);
use File::Basename qw(basename dirname);
use File::Find qw(find);
use File::Temp qw(tempdir);
use Test::More;

my $pg_config = $ENV{PG_CONFIG} // 'pg_config';
my $directory = tempdir(CLEANUP => 1);

# The makes are to be as if somebody had typed them.
delete @ENV{qw(MAKEFLAGS MAKELEVEL BUILD_DIRECTORY)};

my %place = map { $_ => output($pg_config, "--$_") }
  qw(bindir mandir pkglibdir sharedir);
my @installed = sort
  "$place{bindir}/list-dependencies",
  "$place{bindir}/versioning",
  "$place{mandir}/man1/list-dependencies.1",
  "$place{mandir}/man1/versioning.1",
  (map { dirname($place{mandir}) . "/$_" }
	  'bash-completion/completions/versioning',
	'bash-completion/completions/list-dependencies',
	'zsh/site-functions/_versioning'),
  "$place{pkglibdir}/versioning.so",
  "$place{sharedir}/extension/versioning.control",
  (map { s{^tools}{$place{sharedir}/versioning}r } glob 'tools/recipes/*.sql'),
  glob("sql/versioning--*.sql") =~ s{^sql}{$place{sharedir}/extension}r;

# A copy of the sources to build in.
my $source = "$directory/source";
mkdir $source or die "cannot make $source: $!\n";
system(qw(cp -R), (grep { $_ ne '.git' } glob '* .ci .git*'), $source) == 0
  or die "cannot copy the sources\n";
make($source, 'clean');
my @sources = files($source);

subtest 'in the source directory' => sub {
	built_well($source);
	is_deeply([ files($source) ], \@sources, 'make clean leaves the sources');
};

subtest 'in a directory inside' => sub {
	my $build = "$source/build";
	mkdir $build or die "cannot make $build: $!\n";
	built_well($build, '-f', '../Makefile');
	is_deeply([ files($build) ], [], 'make clean leaves nothing');
	ok(rmdir($build), 'make clean leaves no directory');
	is_deeply([ files($source) ], \@sources, 'the sources are as they were');
};

subtest 'in a directory elsewhere' => sub {
	my $build = "$directory/build";
	mkdir $build or die "cannot make $build: $!\n";
	built_well($build, '-f', "$source/Makefile");
	ok(rmdir($build), 'make clean leaves nothing');
	is_deeply([ files($source) ], \@sources, 'the sources are as they were');
};

subtest 'without DESTDIR' => sub {
	my $prefix = "$directory/prefix";
	my @options = (
		'with_llvm=no', "bindir=$prefix/bin", "mandir=$prefix/share/man",
		"pkglibdir=$prefix/lib", "datadir=$prefix/share");

	make($source);
	my ($status, $output) = make($source, 'install', @options);
	is($status, 0, 'make install works') or diag $output;
	($status, $output) = make($source, 'uninstall', @options);
	is($status, 0, 'make uninstall works') or diag $output;
	is_deeply([ files($prefix) ], [], 'no file is left');
	is_deeply(
		[ grep { -d "$prefix/share/$_" } qw(man man/man1 bash-completion zsh) ],
		['man'], 'nor is a directory for what is ours');
	ok(-d "$prefix/bin", 'those that others may need are');
};

subtest 'what is built by hand' => sub {
	my $headers = output($pg_config, '--includedir');
	my @headers = map { ('-isystem', $_) }
	  output($pg_config, '--includedir-server'), $headers,
	  "$headers/internal";

	for my $file (grep { /^test\/.*\.c$/ } @sources)
	{
		is( system('cc', qw(-fsyntax-only -Wall -Wextra -Werror), '-I',
				"$source/tools", @headers, "$source/$file"),
			0, "$file fits what it uses");
	}
};

subtest 'without PostgreSQL' => sub {
	my ($status, $output) = make($source, 'PG_CONFIG=/nonexistent');
	isnt($status, 0, 'make fails');
	like($output, qr/There is no program \/nonexistent/, 'and says why');

	make($source);
	($status, $output) = make($source, 'clean', 'PG_CONFIG=/nonexistent');
	is($status, 0, 'make clean works') or diag $output;
	is_deeply([ files($source) ], \@sources, 'make clean leaves the sources');
};

done_testing();


# Builds in a directory, installs, uninstalls and cleans.
sub built_well
{
	my ($build, @options) = @_;
	my $destination = "$build.destination";

	my ($status, $output) = make($build, @options, 'COPT=-Werror');
	is($status, 0, 'make works') or diag $output;
	unlike($output, qr/warning/i, 'nothing is warned of');

	($status, $output) =
	  make($build, @options, 'install', "DESTDIR=$destination");
	is($status, 0, 'make install works') or diag $output;
	is_deeply(
		[ grep { !m{/bitcode/} } files($destination) ],
		[ map { substr $_, 1 } @installed ],
		'what is installed is the extension, the programs and their man pages');

	($status, $output) =
	  make($build, @options, 'uninstall', "DESTDIR=$destination");
	is($status, 0, 'make uninstall works') or diag $output;
	is_deeply([ glob "$destination/*" ], [],
		'make uninstall leaves nothing, not even a directory');

	($status, $output) = make($build, @options, 'clean');
	is($status, 0, 'make clean works') or diag $output;
	return;
}

# Runs make in a directory. Returns its exit status and what it printed.
sub make
{
	my ($directory, @arguments) = @_;
	my $pid = open my $pipe, '-|';
	die "cannot fork: $!\n" unless defined $pid;
	if ($pid == 0)
	{
		open STDERR, '>&', \*STDOUT;
		chdir $directory or die "cannot change to $directory: $!\n";
		exec 'make', @arguments or die "cannot run make: $!\n";
	}
	my $output = do { local $/; <$pipe> } // '';
	close $pipe;
	return ($?, $output);
}

# Returns the sorted names, from a directory on, of all files in it.
sub files
{
	my ($directory) = @_;
	my @files;
	find(
		{
			no_chdir => 1,
			wanted => sub { push @files, $_ unless -d && !-l }
		},
		$directory) if -d $directory;
	return sort map { s{^\Q$directory\E/}{}r } @files;
}

# Returns the version that the control file has.
sub version
{
	open my $file, '<', 'versioning.control'
	  or die "cannot read versioning.control: $!\n";
	my ($version) = map { /^default_version = '([^']+)'/ } <$file>;
	return $version;
}

# Returns what a program prints on its one line.
sub output
{
	my @command = @_;
	open my $pipe, '-|', @command or die "cannot run $command[0]: $!\n";
	chomp(my $line = <$pipe> // '');
	return $line;
}
