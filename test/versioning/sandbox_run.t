# versioning sandbox --run: a command with a database of its own.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Sandboxes;
use Scratch;
use Test::More;

my $project = project('app',
	'patches/a.sql' => patch('a', 'CREATE TABLE a (i int);'));
my $query = q{psql -X -A -t -c 'SELECT current_database(), count(*) FROM a'};

sub runs
{
	my ($what, $arguments, $expected) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is_deeply([ versioning($project, 'sandbox', @$arguments) ],
		$expected, $what);
	return is(sandboxes(), '', "$what: no database is left");
}

# What comes of it

runs('it succeeds', [ '--run', 'true' ], [ 0, '', '' ]);
runs('it fails', [ '--run', 'echo out; echo err >&2; exit 42' ],
	[ 42, "out\n", "err\n" ]);
runs('a signal ends it', [ '--run', 'kill -KILL $$' ], [ 137, '', '' ]);
runs('it is not there', [ '--run', 'exec no-such-program 2>&-' ],
	[ 127, '', '' ]);
like((versioning($project, 'sandbox', '--run', $query))[1],
	qr/^versioning_run_\d+_[0-9a-f]+\|0\n\z/,
	'the environment leads to a database with the patches');
runs('a hyphen first', [ '--run', '-no-such-program 2>&-' ], [ 127, '', '' ]);
runs('with a name', [ 'sb_mine', '--run', $query ], [ 0, "sb_mine|0\n", '' ]);
runs('it leaves a session behind',
	[ '--run', 'psql -X -c "SELECT pg_sleep(600)" >/dev/null 2>&1 &' ],
	[ 0, '', '' ]);
runs('it drops the database itself',
	[ 'sb_gone', '--run', 'psql -X -q -d postgres -c "DROP DATABASE sb_gone"' ],
	[ 2, '', qq{versioning: error: there is no sandbox "sb_gone"\n} ]);

{
	my $home = "$project->{directory}/home";

	add_files($project, 'home/services' =>
		  "[elsewhere]\ndbname=postgres\nhost=/nowhere\n");
	local $ENV{PGSERVICEFILE} = "$home/services";
	local $ENV{PGSERVICE} = 'elsewhere';
	like((versioning($project, 'sandbox', '-d',
				"dbname=$project->{database} host=$ENV{PGHOST}",
				'--run', $query))[1],
		qr/^versioning_run_/, 'a service does not lead elsewhere');
}

{
	my $run = start_program($project, 'sh', '-c',
		"echo hello | versioning sandbox --run 'cat; exit 3'");
	is_deeply([ finish_versioning($run) ], [ 3, "hello\n", '' ],
		'standard input is its own');
}

add_files($project, 'patches/b.sql' => patch('b', 'SELECT 1/0;'));
my ($status, $output, $errors) =
  versioning($project, 'sandbox', '--run', 'echo no');
is($status, 3, 'a patch fails');
is($output, '', 'it is not run');
unlink "$project->{directory}/patches/b.sql";

versioning($project, 'sandbox', '-q', 'sb_kept');
is_deeply([ versioning($project, 'sandbox', 'sb_kept', '--run', 'echo no') ],
	[ 2, '', qq{versioning: error: the database "sb_kept" is there already, }
		  . "for a sandbox\n" ],
	'in a sandbox that is there already');
is(sandboxes(), 'sb_kept', 'it is kept');

# Signals

for my $case ([ INT => 130 ], [ TERM => 143 ], [ HUP => 129 ])
{
	my ($signal, $expected) = @$case;
	my $run = start_versioning($project, 'sandbox', '--run',
		'psql -X -c "SELECT pg_sleep(600)" >/dev/null 2>&1; echo $?');

	ok(wait_for(sub { value('postgres', q{SELECT count(*)
		FROM pg_stat_activity WHERE datname LIKE 'versioning\_run\_%'
		AND query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'}) }),
		"SIG$signal: it runs");
	like((versioning($project, 'sandbox', 'list', '--json'))[1],
		qr/"name": "versioning_run_\w+", "kind": "run"/,
		"SIG$signal: it is listed");
	kill $signal, $run->{pid};
	is((finish_versioning($run))[0], $expected, "SIG$signal: exit status");
	is(sandboxes(), 'sb_kept', "SIG$signal: no database is left");
	is(value('postgres', q{SELECT count(*) FROM pg_stat_activity
		WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'}), '0',
		"SIG$signal: nor a session");
}

# After nohup
my $nohup = start_program($project, 'sh', '-c', q{trap '' HUP;
	exec versioning sandbox --run 'echo >started; sleep 1; echo done'});
ok(wait_for(sub { -e "$project->{directory}/started" }), 'nohup: it runs');
kill 'HUP', $nohup->{pid};
is_deeply([ finish_versioning($nohup) ], [ 0, "done\n", '' ],
	'nohup: it goes on');

# The command may want to end in its own time.
my $run = start_versioning($project, 'sandbox', '--run',
	q{trap 'psql -X -A -t -c "SELECT 1"; exit 9' TERM; echo >ready;
		while :; do sleep 0.1; done});
ok(wait_for(sub { -e "$project->{directory}/ready" }), 'a command with a trap');
kill 'TERM', $run->{pid};
is_deeply([ (finish_versioning($run))[ 0, 1 ] ], [ 9, "1\n" ],
	'the database is there until it ends');
is(sandboxes(), 'sb_kept', 'and no longer');

# A signal while the template is built
add_files($project,
	'patches/c.sql' => patch('c', 'SELECT pg_sleep(600);', 'a'));
my $slow = q{SELECT count(*) FROM pg_stat_activity
	WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'};
$run = start_versioning($project, 'sandbox', '--run', 'echo no');
my $second = start_versioning($project, 'sandbox', 'sb_second');
ok(wait_for(sub { value('postgres', $slow) }), 'a template is built');
ok(wait_for(sub { $second->{harness}->pump_nb;
		$run->{harness}->pump_nb;
		"$second->{errors}$run->{errors}" =~ /waiting for somebody else/ }),
	'and waited for');
kill 'TERM', $second->{pid};
kill 'TERM', $run->{pid};
is_deeply([ map { (finish_versioning($_))[ 0, 1 ] } $run, $second ],
	[ 3, '', 3, '' ], 'both can be interrupted');
is(value('postgres', q{SELECT count(*) FROM pg_database
	WHERE datname LIKE 'versioning\_rehearsal\_%'}), '0',
	'nothing half built is left');

# Being killed

$run = start_versioning($project, 'sandbox', 'sb_killed');
my $half = wait_for(sub {
	value('postgres', q{SELECT datname FROM pg_stat_activity
		WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'
		AND datname LIKE 'versioning\_rehearsal\_%'}) });
kill 'KILL', $run->{pid};
finish_versioning($run);
value('postgres', "SELECT pg_terminate_backend(pid, 30000)
	FROM pg_stat_activity WHERE datname = '$half'");
unlink "$project->{directory}/patches/c.sql";
ok(wait_for(sub { value('postgres', "SELECT count(*) FROM pg_stat_activity
	WHERE pid = split_part('$half', '_', 3)::int") eq '0' }),
	'its session is gone');
like((versioning($project, 'sandbox', '--run', 'true'))[2],
	qr/dropped the database "$half", which was left behind when its maker was killed$/m,
	'the next one drops what was half built');

$run = start_versioning($project, 'sandbox', 'sb_dead', '--run',
	'echo $$ >dead; exec sleep 600');
ok(wait_for(sub { -s "$project->{directory}/dead" }), 'a command runs');
versioning($project, 'sandbox', '--run', 'true');
is(sandboxes(), 'sb_dead sb_kept', 'what is in use is left alone');
kill 'KILL', $run->{pid};
open my $file, '<', "$project->{directory}/dead" or die "cannot open: $!\n";
chomp(my $dead = <$file>);
close $file;
kill 'KILL', $dead;
finish_versioning($run);
my $pid = (comment_on('sb_dead') =~ /, (\d+), \d+, \w+: sb_dead$/)[0];
ok(wait_for(sub { value('postgres',
	"SELECT count(*) FROM pg_stat_activity WHERE pid = $pid") eq '0' }),
	'its session is gone');
is_deeply([ versioning($project, 'sandbox', '--run', 'true') ],
	[ 0, '', qq{versioning: dropped the database "sb_dead", which was left }
		  . "behind when its maker was killed\n" ],
	'the next one drops it');
is(sandboxes(), 'sb_kept', 'and it is gone');

done_testing();
