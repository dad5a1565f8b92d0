# Who deployed, from where, which revision of the files, and by the name of
# which application, is in history.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(psql value);
use Sys::Hostname qw(hostname);
use Test::More;

my $user = getpwuid $<;
my $host = hostname();

# Configuration of git that others have made does not matter here.
@ENV{qw(GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM)} = ('/dev/null') x 2;

# A column of the rows of history about a patch, with commas between.
sub history
{
	my ($project, $patch, $columns) = @_;
	return value($project->{database}, "SELECT string_agg(
		concat_ws('|', $columns), ',' ORDER BY id)
		FROM _v.history WHERE patch_name = '$patch'");
}

# Runs git in the directory of a project, and returns what it prints.
sub git
{
	my ($project, @arguments) = @_;
	open my $output, '-|', 'git', '-C', $project->{directory},
	  '-c', 'user.name=x', '-c', 'user.email=x', @arguments
	  or die "cannot run git: $!\n";
	my $text = do { local $/; <$output> } // '';
	close $output or die "git @arguments has failed\n";
	chomp $text;
	return $text;
}

# Makes a program of that name, and returns a PATH that begins with it.
sub fake
{
	my ($name, $script) = @_;
	my $directory = tempdir(CLEANUP => 1);
	open my $file, '>', "$directory/$name" or die "cannot write: $!\n";
	print $file "#!/bin/sh\n$script\n";
	close $file;
	chmod 0755, "$directory/$name";
	return "$directory:$ENV{PATH}";
}

my %by_psql = ('by libpq' => '', 'by psql' => "\\set x 1\n");
for my $way (sort keys %by_psql)
{
	my $body = $by_psql{$way};
	my $project = project($way =~ s/ /_/r,
		map { ("patches/$_.sql" => patch($_, $body)) } qw(a b c d));

	ok((versioning($project, 'apply', 'a'))[0] == 0, "$way: outside a repository");
	is(history($project, 'a', 'os_user, host, revision'), "$user|$host",
		"$way: the user and the machine, and no revision");
	{
		local $ENV{PGOPTIONS} = '-c versioning.revision=build-77';
		versioning($project, 'apply', 'b');
	}
	is(history($project, 'b', 'revision'), 'build-77',
		"$way: what is said of the revision stays, if none is known");
  SKIP:
	{
		skip 'there is no git', 2 if system 'git --version >/dev/null 2>&1';
		git($project, 'init', '-q');
		git($project, 'add', '.');
		git($project, 'commit', '-q', '-m', 'x');
		git($project, 'tag', '-a', '-m', 'x', "it's-1");
		versioning($project, 'apply', 'c');
		is(history($project, 'c', 'revision'), "it's-1", "$way: a revision");
		add_files($project, 'patches/d.sql' => patch('d', "$body-- more"));
		versioning($project, 'apply', 'd');
		is(history($project, 'd', 'revision'), "it's-1-dirty",
			"$way: with something that is not in it");
	}
}

my $project = project('one',
	map { ("patches/$_.sql" => patch($_), "rollbacks/$_.sql" => rollback_file($_)) }
	  qw(a b c));

# Each directory is looked at once, and only if something is to run.
{
	my $log = "$project->{directory}/log";
	local $ENV{PATH} = fake('git', "echo \"\$2\" >> $log; echo r1");

	versioning($project, 'apply', '-n');
	versioning($project, 'status');
	ok(!-e $log, 'as long as nothing is run, git is not, either');
	versioning($project, 'apply');
	is(join(',', map { history($project, $_, 'revision') } qw(a b c)),
		'r1,r1,r1', 'each row has the revision');
	open my $lines, '<', $log or die "cannot read $log: $!\n";
	is_deeply([<$lines>], ["patches\n"], 'git is run once for a directory');
	versioning($project, 'rollback', '--last', '3');
	is(history($project, 'a', 'revision, os_user'), "r1|$user,r1|$user",
		'so it is when patches are taken back');
}

# What git does not say
for my $case (
	[ 'git fails' => 'echo r2; exit 128' ],
	[ 'git does not end' => 'echo r2; exec sleep 600' ],
	[ 'git says too much' => 'while echo rrrrrrrrrrrrrrrr; do :; done' ])
{
	my ($what, $script) = @$case;
	local $ENV{PATH} = fake('git', $script);

	is((versioning($project, 'apply', 'a'))[0], 0, "$what: patches are applied");
	is(value($project->{database}, "SELECT revision IS NULL AND event = 'applied'
		FROM _v.history ORDER BY id DESC LIMIT 1"), 't',
		"$what: the revision is not known");
	versioning($project, 'rollback', 'a');
}

# A repository of somebody else, and what a repository may have run
SKIP:
{
	skip 'there is no git', 3 if system 'git --version >/dev/null 2>&1';
	my $hostile = project('hostile', 'patches/a.sql' => patch('a'),
		'patches/b.sql' => patch('b'));

	git($hostile, 'init', '-q');
	git($hostile, 'add', '.');
	git($hostile, 'commit', '-q', '-m', 'x');
	git($hostile, 'config', 'core.fsmonitor',
		"touch $hostile->{directory}/was-run; false");
	versioning($hostile, 'apply', 'a');
	is(history($hostile, 'a', 'revision'), git($hostile, 'rev-parse', '--short', 'HEAD'),
		'without a tag, the commit is the revision');
	ok(!-e "$hostile->{directory}/was-run",
		'no monitor is started that the repository names');
	{
		local $ENV{GIT_TEST_ASSUME_DIFFERENT_OWNER} = 1;
		versioning($hostile, 'apply', 'b');
	}
	is(history($hostile, 'b', 'revision'), '',
		'the repository of somebody else is not asked');
}

# The name of the application
my $shown = 'DO $$ BEGIN RAISE WARNING \'%\', (SELECT string_agg(DISTINCT
	application_name, \',\' ORDER BY application_name)
	FROM pg_stat_activity WHERE datname = current_database()
	 AND backend_type = \'client backend\'); END $$;';
my $named = project('named',
	map { ("patches/$_.sql" => patch($_, $shown)) } qw(a b c d));
my (undef, undef, $said) = versioning($named, 'apply', 'a');
like($said, qr/WARNING: +versioning,versioning apply$/m, 'the names are ours');
{
	local $ENV{PGAPPNAME} = 'ci';
	(undef, undef, $said) = versioning($named, 'apply', 'b');
}
like($said, qr/WARNING: +ci: versioning,ci: versioning apply$/m,
	'whoever has named the application finds that name with ours');
is(history($named, 'b', 'application_name'), 'ci: versioning apply',
	'in history, too');
versioning($named, 'apply', 'c', '-d',
	"dbname=$named->{database} application_name='it\\'s \\\\ \303\244'");
is(history($named, 'c', 'application_name'), "it's \\ ??: versioning apply",
	'a name with quotes, and what is not ASCII');
{
	local $ENV{PGAPPNAME} = 'x' x 100;
	versioning($named, 'apply', 'd');
}
is(history($named, 'd', 'application_name'),
	'x' x (63 - length ': versioning apply') . ': versioning apply',
	'a long one gives way to ours');

done_testing();
