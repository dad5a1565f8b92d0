# Connecting: as every client of PostgreSQL does it, and without showing a
# password to anyone who looks at the processes.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(role value);
use Test::More;

# A role that has to say its password: the first line of pg_hba.conf that
# matches counts.
my $secret = q(open: sesame\\ 'quoted"word);
my $role = role('guarded');
value('postgres', "SET password_encryption = 'scram-sha-256';\n"
	  . "ALTER ROLE $role PASSWORD " . Deploy::literal($secret));
my $data = value('postgres', 'SHOW data_directory');
my $hba = slurp("$data/pg_hba.conf");
spew("$data/pg_hba.conf", "local all $role scram-sha-256\n$hba");
value('postgres', 'SELECT pg_reload_conf()');

END
{
	if (defined $hba)
	{
		spew("$data/pg_hba.conf", $hba);
		value('postgres', 'SELECT pg_reload_conf()');
	}
}

my $project = project('connection',
	'patches/slow.sql' => patch('slow', 'SELECT pg_sleep(1.5);'));
my $database = $project->{database};
value($database, "GRANT INSERT, DELETE ON _v.patches TO $role");

delete $ENV{PGPASSWORD};
local $ENV{PGPASSFILE} = "$project->{directory}/no-such-file";

sub slurp
{
	my ($file) = @_;
	open my $handle, '<', $file or return '';
	local $/;
	return scalar(<$handle>) // '';
}

sub spew
{
	my ($file, $text) = @_;
	open my $handle, '>', $file or die "cannot write $file: $!\n";
	print $handle $text;
	close $handle or die "cannot write $file: $!\n";
	return;
}

# Runs versioning without a terminal: passwords are read from standard input.
sub with_input
{
	my ($input, @arguments) = @_;
	my ($output, $errors) = ('', '');

	spew("$project->{directory}/input", $input);
	my $run = IPC::Run::start(
		[
			'sh', '-c', 'cd "$1" && shift && exec setsid -w "$@"', 'sh',
			$project->{directory}, $ENV{VERSIONING} // 'versioning',
			@arguments
		],
		'<', "$project->{directory}/input", '>', \$output, '2>', \$errors);
	return { harness => $run, output => \$output, errors => \$errors };
}

sub finished
{
	my ($run) = @_;
	$run->{harness}->finish;
	return ($run->{harness}->result(0), ${ $run->{output} },
		${ $run->{errors} });
}

# The password in the form that an element of /proc could have it, and what the
# processes show that have "needle" in their environment or their arguments.
sub shows
{
	my ($needle) = @_;
	my @who;

	for my $directory (glob '/proc/[0-9]*')
	{
		for my $file (qw(cmdline environ))
		{
			push @who, slurp("$directory/cmdline") =~ tr/\0/ /r
			  if index(slurp("$directory/$file"), $needle) >= 0;
		}
	}
	return @who;
}

# A typed password
SKIP:
{
	skip 'no /proc here', 4 if !-r '/proc/self/cmdline';

	my $run = with_input("$secret\n", '-d', $database, '-U', $role, 'apply');
	ok(wait_for(sub {
		value('postgres', "SELECT count(*) FROM pg_stat_activity
			WHERE usename = '$role' AND query LIKE '%pg_sleep%'"
		) > 0 }), 'psql has connected with a typed password');
	is_deeply([ grep { !/prove|perl/ } shows('sesame') ], [],
		'no process shows the password');
	my ($status, $output, $errors) = finished($run);
	is($status, 0, 'a typed password: exit status');
	is($errors =~ s/^Password: \n?//r, '', 'a typed password: no complaint');
}
is(registered($project), 'slow', 'the patch is applied');
add_files($project, 'rollbacks/slow.sql' => rollback_file('slow'));

# Other ways
my $quoted = $secret =~ s/([\\'])/\\$1/gr;
my $encoded = join '', map { sprintf '%%%02X', ord } split //, $secret;
my ($status, $output, $errors) =
  finished(with_input('', '-d',
	"dbname=$database user=$role password='$quoted'", 'rollback', 'slow'));
is($status, 0, 'a password in a connection string') || diag $errors;
($status, $output, $errors) = finished(with_input('', '-d',
	"postgresql://$role:$encoded\@/$database?host="
	  . ($ENV{PGHOST} =~ s{/}{%2F}gr) . "&port=$ENV{PGPORT}", 'apply'));
is($status, 0, 'a password in a URI') || diag $errors;
{
	local $ENV{PGPASSWORD} = $secret;
	($status, $output, $errors) = finished(with_input('', '-w', '-d',
		$database, '-U', $role, 'rollback', 'slow'));
	is($status, 0, 'PGPASSWORD') || diag $errors;

	local $ENV{PGPASSWORD} = 'wrong';
	($status, $output, $errors) = finished(with_input('', '-d',
		"dbname=$database user=$role password='$quoted'", 'apply'));
	is($status, 0, 'a password that outdoes PGPASSWORD') || diag $errors;
}
{
	my $passfile = "$project->{directory}/pgpass";
	spew($passfile, '*:*:*:*:' . ($secret =~ s/([\\:])/\\$1/gr) . "\n");
	chmod 0600, $passfile;
	local $ENV{PGPASSFILE} = $passfile;
	($status, $output, $errors) = finished(with_input('', '-w', '-d',
		$database, '-U', $role, 'rollback', 'slow'));
	is($status, 0, 'a password file') || diag $errors;
}
{
	my $services = "$project->{directory}/services";
	spew($services,
		"[deploy]\nhost=$ENV{PGHOST}\nport=$ENV{PGPORT}\n"
		  . "dbname=$database\nuser=$role\npassword=$secret\n");
	local $ENV{PGSERVICEFILE} = $services;
	local $ENV{PGSERVICE} = 'deploy';
	local $ENV{PGUSER};
	local $ENV{PGDATABASE};
	delete @ENV{qw(PGUSER PGDATABASE)};
	($status, $output, $errors) = finished(with_input('', 'apply'));
	is($status, 0, 'a service') || diag $errors;
}

# What fails
($status, $output, $errors) = finished(with_input("wrong\n", '-d', $database,
	'-U', $role, 'status'));
is($status, 2, 'a wrong password: exit status');
like($errors, qr/password authentication failed/, 'a wrong password: message');
($status, $output, $errors) = finished(with_input('', '-w', '-d', $database,
	'-U', $role, 'status'));
is($status, 2, 'no password: exit status');
like($errors, qr/no password supplied/, 'no password: message');
($status, $output, $errors) = finished(with_input('', '-d',
	"dbname=$database bogus=1", 'status'));
is($status, 2, 'a connection string that is none: exit status');
like($errors, qr/invalid connection option "bogus"/,
	'a connection string that is none: message');

done_testing();
