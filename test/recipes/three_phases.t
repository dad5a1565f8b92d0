# A change in three phases while an old and a new application work: started,
# taken back in the middle with what the new application wrote, started again and
# finished, and nothing of it is left. Once with a column that becomes two, and
# once with one that gets another type.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use IPC::Run ();
use Recipe;
use Scratch qw(value);
use Test::More;

use constant ROWS => 20_000;

my $goods = "CREATE TABLE goods (id int PRIMARY KEY, code text NOT NULL, n int);
	INSERT INTO goods SELECT n, to_char(n % 97, 'fm\"L-\"0000')
		|| to_char(n, 'fm\"B\"00000'), 0 FROM generate_series(1, ${\ROWS}) AS n";

try_phases(
	name => 'split-code',
	tables => $goods,
	recipe => [qw(split-column table=goods column=code first=location
		second=batch), 'first_value=substr(code, 1, 6)',
		'second_value=substr(code, 7, 6)' ],
	old => q{UPDATE goods SET code = 'L-0007' || substr(code, 7), n = n + 1
		WHERE id = :id},
	new => q{UPDATE goods SET location = 'L-0008', n = n + 1 WHERE id = :id},
	write => q{UPDATE goods SET location = 'L-0042'},
	expected => q{code LIKE 'L-0042B_____'},
	columns => 'id n location batch',
	after => q{length(location) = 6 AND batch ~ '^B\d{5}$'});

try_phases(
	name => 'number',
	tables => $goods =~ s/to_char.*?, 0/n, 0/sr,
	recipe => [qw(change-type table=goods column=code type=bigint)],
	old => q{UPDATE goods SET code = '7', n = n + 1 WHERE id = :id},
	new => q{UPDATE goods SET new_code = 8, n = n + 1 WHERE id = :id},
	write => q{UPDATE goods SET new_code = 42},
	expected => q{code = '42'},
	columns => 'id n code',
	after => q{code > 0 AND pg_typeof(code) = 'bigint'::regtype});

done_testing();

# Takes a table through all phases.
sub try_phases
{
	my (%try) = @_;
	my $name = $try{name};
	my $project = project($name);

	value($project->{database}, $try{tables});
	begin_recipe($project, $name, @{ $try{recipe} });
	my $before = schema($project->{database});
	my $old = start_application($project, 'old', $try{old});

	# In the middle
	runs($project, 'apply', "$name-start");
	my $new = start_application($project, 'new', $try{new});
	value($project->{database},
		"SELECT _v.set_job('$name', 'versioning.job_batch_time', '5')");
	my $job = start_job($project, $name);
	pause_in_the_middle($project, $name);
	$job->finish;
	is(value($project->{database},
			"SELECT state, share < 1 FROM _v.jobs WHERE job_name = '$name'"),
		'paused|t', 'the job is paused before its end');

	# Back
	stop_application($new);
	value($project->{database}, "$try{write} WHERE id IN (1, ${\ROWS})");
	runs($project, 'rollback', "$name-start");
	is(schema($project->{database}), $before, 'nothing of it is left');
	is(value($project->{database}, "SELECT count(*) FROM goods
			WHERE id IN (1, ${\ROWS}) AND $try{expected}"),
		2, 'the old column has what was written to the new ones');

	# To the end
	runs($project, 'apply', "$name-start");
	$new = start_application($project, 'new', $try{new});
	run_job($project, $name);
	stop_application($old);
	stop_application($new);
	runs($project, 'apply');
	is(value($project->{database}, "SELECT string_agg(attname, ' '
			ORDER BY attnum) FROM pg_attribute WHERE attnum > 0
			AND attrelid = 'goods'::regclass AND NOT attisdropped"),
		$try{columns}, 'the table has the columns that it should have');
	is(value($project->{database}, "SELECT (SELECT count(*) FROM pg_trigger
			WHERE tgrelid = 'goods'::regclass) + (SELECT count(*) FROM pg_proc
			WHERE pronamespace = 'public'::regnamespace)"),
		0, 'there is no trigger and no function');
	is(value($project->{database},
			"SELECT count(*) FILTER (WHERE $try{after}) FROM goods"),
		ROWS, 'no row is left behind');
	cmp_ok(value($project->{database}, 'SELECT sum(n) FROM goods'), '>', 0,
		'the applications have worked meanwhile');
	return;
}

# Starts an application: all rows but the first and the last are its own.
sub start_application
{
	my ($project, $name, $statement) = @_;
	my %application = (name => $name, output => '');

	add_files($project, "$name.sql" =>
		  "\\set id random(2, ${\ROWS} - 1)\n$statement;\n");
	$application{harness} = IPC::Run::start(
		[
			qw(pgbench -n -c 2 -R 200 -T 600 -f),
			"$project->{directory}/$name.sql", $project->{database}
		],
		'<', '/dev/null', '>&', \$application{output});
	return \%application;
}

# Stops it. Passes if it has had no error: that would have ended it.
sub stop_application
{
	my ($application) = @_;

	$application->{harness}->kill_kill(grace => 5);
	return unlike($application->{output}, qr/ERROR|aborted/,
		"the $application->{name} application has had no error");
}

# Runs a job in the background.
sub start_job
{
	my ($project, $name) = @_;
	return IPC::Run::start([ qw(psql -X -d), $project->{database}, '-c',
			"CALL _v.run_job('$name')" ],
		'<', '/dev/null', '>', '/dev/null', '2>', '/dev/null');
}

# Pauses it as soon as a batch is done.
sub pause_in_the_middle
{
	my ($project, $name) = @_;

	wait_for(sub { value($project->{database},
		"SELECT 1 FROM _v.jobs WHERE job_name = '$name'
			AND batches_done > 0") });
	value($project->{database}, "SELECT _v.pause_job('$name')");
	return;
}
