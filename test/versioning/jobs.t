# Jobs: what waits for one is left out, said, and applied when the job is done;
# status and jobs tell how far it is; run, pause, resume and cancel.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Holder;
use JSON::PP qw(decode_json);
use Scratch qw(value);
use Test::More;

my $number = 0;
my $table = q{CREATE TABLE public.items (id int PRIMARY KEY, old text, new text);
	INSERT INTO public.items SELECT i, 'old ' || i FROM generate_series(1, 2000) i;};
my $statement = 'UPDATE public.items i SET new = i.old FROM batch b WHERE i.id = b.id';

# Calls that register a job, which pauses little.
sub job
{
	my ($name, $work) = @_;
	$work //= $statement;
	return "SELECT _v.register_job('$name', 'public.items', \$\$ $work \$\$);\n"
	  . "SELECT _v.set_job('$name', 'pause', '1');";
}

# A project: a table, the start of a change with a job, its finish, and what
# requires that; and another patch.
sub with_job
{
	my ($work) = @_;
	return project('jobs' . $number++,
		'patches/1.sql' => patch('table', $table),
		'patches/2.sql' => patch('start', job('move', $work), 'table'),
		'patches/3.sql' => patch('finish',
			"SELECT _v.assert_job_is_done('move');\n"
			  . 'ALTER TABLE public.items DROP old;', 'start'),
		'patches/4.sql' => patch('after', '', 'finish'),
		'patches/5.sql' => patch('other', '', 'table'));
}

# The state of a patch, and an array of it.
sub state_of
{
	my ($project, $name, $list) = @_;
	my (undef, $output) = versioning($project, 'status', '--json');
	my ($patch) =
	  grep { $_->{patch} eq $name } @{ decode_json($output)->{patches} };
	return ($patch->{state}, @{ $patch->{ $list // 'waits_for' } });
}

# What _v.jobs has of a job.
sub job_state
{
	my ($project) = @_;
	return value($project->{database}, 'SELECT state FROM _v.jobs');
}

# A change in three phases

my $project = with_job();
my ($status, $output, $errors) = versioning($project, 'apply', '-n');
is($status, 0, 'a plan with what waits: exit status');
is($output, <<'END', 'a plan with what waits');
[1/3] table  patches/1.sql
[2/3] start  patches/2.sql
[3/3] other  patches/5.sql
patches/3.sql waits for the job "move"
patches/4.sql requires "finish", which waits
Run jobs by "versioning run", or "versioning apply --run-jobs".
END
applies($project, 'other start table', 'what waits for a job is left out');
is(job_state($project), 'waiting', 'a job that is registered');
is_deeply([ state_of($project, 'finish') ],
	[ 'waiting', 'waits for the job "move" (not begun)' ],
	'what waits for the job');
is_deeply([ state_of($project, 'after') ],
	[ 'waiting', 'requires "finish", which waits' ],
	'what requires a patch that waits');
is_deeply([ (state_of($project, 'start', 'jobs'))[1]->@{qw(job state rows_done)} ],
	[ 'move', 'waiting', 0 ], 'the job beside its patch');
($status, $output) = versioning($project, 'status', '--exit-code');
is($status, 5, 'what waits is not applied');
like($output, qr/^ start +\| applied .*\| job "move" not begun$/m,
	'the table: a job');
like($output, qr/^ finish +\| waiting .*\| waits for the job "move" \(not begun\)$/m,
	'the table: what waits');
like($output, qr/^3 applied, 0 pending, 2 waiting, 0 blocked$/m,
	'the table: its summary');

($status, $output) = versioning($project, 'apply', 'after');
is($status, 0, 'a patch that waits, by its name: exit status');
is($output, <<'END', 'a patch that waits, by its name');
Nothing to apply: 3 applied, none of the patches asked for is pending.
patches/3.sql waits for the job "move" (not begun)
patches/4.sql requires "finish", which waits
Run jobs by "versioning run", or "versioning apply --run-jobs".
END
(undef, $output) = versioning($project, 'apply', '--json');
is_deeply(
	decode_json((split /\n/, $output)[0]),
	{
		event => 'plan', action => 'apply', steps => [],
		waiting => [
			{ file => 'patches/3.sql',
				text => 'waits for the job "move" (not begun)' },
			{ file => 'patches/4.sql',
				text => 'requires "finish", which waits' }
		]
	},
	'programs are told of what waits');

($status, $output) = versioning($project, 'jobs');
is($status, 0, 'the table of jobs: exit status');
like($output, qr/^ move \| start \| public\.items \| waiting \|/m,
	'the table of jobs');
($status, $output) = versioning($project, 'run', '--parallel', 2);
is($status, 0, 'two sessions run the job');
like($output, qr/^\[1\/1\] move  .*\n1 of 1 job done in .*\.\n\z/,
	'that is told');
is(job_state($project), 'done', 'it is done');
is(value($project->{database},
		'SELECT count(*) FROM public.items WHERE new = old'),
	2000, 'and so is its work');
is((state_of($project, 'finish'))[0], 'pending', 'nothing waits any more');
like((versioning($project, 'run'))[1], qr/^No job waits to be run\.$/,
	'nor is there another job');
applies($project, 'after finish other start table',
	'what has waited is applied');

# Pauses, and what is no job

$project = with_job();
applies($project, 'other start table', 'another one');
($status, $output) = versioning($project, 'pause', 'move');
is("$status $output", "0 move: paused\n", 'a pause');
is(job_state($project), 'paused', 'the job has it');
like((state_of($project, 'finish'))[1], qr/\(paused at /,
	'what waits for a paused job');
($status, undef, $errors) = versioning($project, 'run');
is($status, 0, 'a paused job is not run');
like($errors, qr/the job "move" is not run: paused at .*\n.*versioning resume/,
	'which is said');
is(job_state($project), 'paused', 'so it does not go on');
isnt((versioning($project, 'apply', '--run-jobs'))[0], 0,
	'nor is it by apply');
is(registered($project), 'other start table', 'so nothing is applied');
($status, $output) = versioning($project, 'resume', 'move');
is("$status $output", "0 move: waits to be run\n", 'the end of the pause');
($status, undef, $errors) = versioning($project, 'run', 'move', 'mvoe');
is($status, 1, 'there is no such job');
is($errors, <<'END', 'that is said');
versioning: error: there is no job "mvoe"
versioning: error: nothing was run
END
is(job_state($project), 'waiting', 'none of those that are named was run');
is((versioning($project, 'pause', 'mvoe'))[0], 3,
	'a job that is not there cannot pause');
like((versioning($project, 'pause'))[2], qr/^versioning: pause takes the names of jobs$/m,
	'some job is to be named');
($status, $output) = versioning($project, 'cancel', 'move');
is("$status $output", "0 move: canceled\n", 'the end of a job');
like((versioning($project, 'jobs'))[1], qr/^There are no jobs\.$/,
	'there are none left');
is_deeply([ state_of($project, 'finish') ],
	[ 'waiting', 'waits for the job "move"' ], 'its finish waits for ever');
value($project->{database}, 'DROP EXTENSION versioning CASCADE');
is((versioning($project, 'jobs'))[0], 2, 'no extension, no jobs');

# All in one run

$project = with_job();
like((versioning($project, 'apply', '-n', '--run-jobs'))[1],
	qr/^\[3\/5\] finish  patches\/3\.sql  \(after the job "move"\)$/m,
	'a plan with the jobs to be run');
(undef, $output) = versioning($project, 'apply', '-n', '--run-jobs', '--json');
is_deeply(decode_json($output)->{steps}[2]{jobs}, ['move'],
	'programs are told of them');
applies($project, 'after finish other start table',
	'--run-jobs runs what is waited for', '--run-jobs');
is(value($project->{database},
		'SELECT count(*) FROM public.items WHERE new IS NOT NULL'),
	2000, 'its work is done');

$project = with_job('UPDATE public.items i SET new = 1 / (i.id - b.id)'
	  . ' FROM batch b WHERE i.id = b.id');
refuses($project, 'start table',
	[ qr/^ERROR:  job "move" has failed\nDETAIL:  division by zero/,
		qr/2 applied, 1 failed, 2 not attempted/ ],
	'a job that fails', '--run-jobs');
is((versioning($project, 'run', 'move'))[0], 3, 'it cannot be run');
(undef, $output) = versioning($project, 'apply', '--json', '--run-jobs');
my ($failed) = grep { $_->{event} eq 'failed' }
  map { decode_json($_) } split /\n/, $output;
is_deeply([ @$failed{qw(patches reason sqlstate kept)} ],
	[ ['finish'], 'job not done', undef, JSON::PP::false ],
	'programs are told that it failed');
is_deeply([ state_of($project, 'finish') ],
	[ 'waiting', 'waits for the job "move" (failed at 0 %: division by zero, at key {1})' ],
	'what waits for it');

# Ctrl-C

$project = with_job("$statement AND pg_sleep(0.002) IS NOT NULL");
applies($project, 'other start table', 'a slow job');
my $run = start_versioning($project, 'run');
ok(wait_for(sub {
			value($project->{database},
				'SELECT rows_done > 0 FROM _v.jobs') eq 't' }), 'it runs');
kill 'INT', $run->{pid};
($status, $output, $errors) = finish_versioning($run);
is($status, 3, 'Ctrl-C ends it');
like($errors, qr/^versioning: the job "move" was stopped at \d+ %$/,
	'that is said');
like($output, qr/^0 of 1 job done/m, 'and that it is not done');
ok(wait_for(sub { sessions($project) == 0 }), 'no session is left');
is(value($project->{database}, 'SELECT j.rows_done ='
		  . ' (SELECT count(*) FROM public.items WHERE new IS NOT NULL)'
		  . ' FROM _v.jobs j'),
	't', 'what is noted as done is done');

# A job makes way

$project = with_job("$statement AND pg_sleep(0.001) IS NOT NULL");
applies($project, 'other start table', 'a job that is in the way');
my $reader = start_holder($project->{database}, 'BEGIN; TABLE public.items;');
my $writer = start_holder($project->{database}, '');
continue_holder($writer, 'BEGIN; LOCK TABLE public.items; COMMIT;');
ok(wait_for(sub {
			value($project->{database}, 'SELECT count(*) FROM pg_locks
				WHERE NOT granted') == 1 }), 'somebody waits for its table');
$run = start_versioning($project, 'run');
ok(wait_for(sub {
			$run->{harness}->pump_nb;
			return $run->{errors} =~ /held back/ }), 'it holds back');
my ($held) = grep { $_->{state} eq 'held back' }
  @{ decode_json((versioning($project, 'jobs', '--json'))[1])->{jobs} };
like($held->{held_back}, qr/waits for a lock on table public\.items/,
	'programs are told why');
finish_holder($_) for $reader, $writer;
($status, $output, $errors) = finish_versioning($run);
is($status, 0, 'and goes on');
like($errors, qr/^versioning: job "move": 0 \S+, held back: process \d+ waits for a lock on table public\.items$/m,
	'that was said');

# A deploy gets the lock that it needs between two batches.

$project = with_job("$statement AND pg_sleep(0.001) IS NOT NULL");
applies($project, 'other start table', 'a job, and then a patch');
add_files($project,
	'patches/6.sql' => patch('column', 'ALTER TABLE public.items ADD more int;', 'start'));
$run = start_versioning($project, 'run');
ok(wait_for(sub {
			value($project->{database},
				'SELECT rows_done > 0 FROM _v.jobs') eq 't' }), 'it runs');
is((versioning($project, qw(apply --lock-timeout 1s)))[0], 0,
	'what changes its table is applied meanwhile');
is((finish_versioning($run))[0], 0, 'and the job goes on');

SKIP:
{
	skip 'there is no pseudo-terminal here', 2
	  unless eval { require IO::Pty; IO::Pty->new };
	my $written = '';

	$project = with_job("$statement AND pg_sleep(0.001) IS NOT NULL");
	applies($project, 'other start table', 'a terminal');
	local @ENV{qw(PGDATABASE TERM)} = ($project->{database}, 'xterm');
	IPC::Run::run([ $ENV{VERSIONING} // 'versioning', 'run' ],
		'<pty<', \'', '>pty>', \$written);
	like($written, qr/\r\[1\/1\] move  \[=* *\] \d+ %, \d+ rows, \d+\/s, about \d+ s left/,
		'a bar on a terminal');
}

done_testing();
