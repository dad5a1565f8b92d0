# Which calls about jobs are read from a patch, and what check says of them.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Check;
use Deploy;
use Scratch qw(value);
use Test::More;

my $project = project('read');

# Which job does a patch wait for that has this text?
sub waits
{
	my ($text, $expected, $test) = @_;

	add_files($project, 'patches/a.sql' => patch('a', $text, 'jobs'),
		'patches/jobs.sql' => patch('jobs', join '',
			map { "SELECT _v.register_job('$_', 'x', 'SELECT FROM batch');\n" }
			  'x', 'two words', "it''s"));
	my (undef, $output, $errors) = versioning($project, 'apply', '-n', 'a');
	like($errors, qr/^\z/, "$test: no message");
	return is($output =~ /waits for the job "(.*)"/ ? $1 : '', $expected,
		$test);
}

waits("SELECT _v.assert_job_is_done('x');", 'x', 'a call');
waits("SELECT app._v.ASSERT_job_is_done ( 'two words'::text ) ;", 'two words',
	'with the name of the database, and a cast');
waits("SELECT _v.assert_job_is_done(in_job_name => 'it''s');", "it's",
	'the name of its argument');
waits("DO \$\$ BEGIN PERFORM _v.assert_job_is_done('x'); END \$\$;", 'x',
	'in a DO block');
waits('-- ' . 'x' x 300000 . "\nSELECT _v.assert_job_is_done('x');", 'x',
	'far after the registration');
waits("-- SELECT _v.assert_job_is_done('x');", '', 'a comment');
waits("SELECT 'SELECT _v.assert_job_is_done(''x'')';", '', 'a string');
waits("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS \$\$"
	  . " SELECT _v.assert_job_is_done('x') \$\$;", '', 'in a function');
waits("SELECT assert_job_is_done('x');", '', 'without the schema');
waits("SELECT _v.assert_job_is_done('x') \\r\n", '', 'a query that is forgotten');
waits("SELECT _v.register_job('y', 'x', 'SELECT FROM batch');", '',
	'a job of its own');

# Problems

add_files($project, 'patches/a.sql' =>
	  patch('a', "SELECT _v.assert_job_is_done('x' || 'y');"));
like((versioning($project, 'apply', '-n', 'a'))[2],
	qr{^versioning: patches/a\.sql:3: warning: _v\.assert_job_is_done: in_job_name is not a plain constant, so it is not known which job this is$},
	'a name that has to be computed');
add_files($project, 'patches/a.sql' =>
	  patch('a', "SELECT _v.assert_job_is_done('xx');"));
my ($status, undef, $errors) = versioning($project, 'apply', '-n', 'a');
is($status, 1, 'a job that there is nowhere: exit status');
like($errors, qr{^versioning: patches/a\.sql:2: patch "a" waits for the job "xx", which no file registers$}m,
	'a job that there is nowhere');

add_files($project, 'patches/a.sql' =>
	  patch('a', "SELECT _v.assert_job_is_done('x');"));
($status, undef, $errors) = versioning($project, 'apply', '-n', 'a');
is($status, 1, 'a job of a patch that is not required: exit status');
like($errors, qr{^versioning: patches/a\.sql:2: patch "a" waits for the job "x" of a patch that it does not require$}m,
	'a job of a patch that is not required');
add_files($project, 'patches/a.sql' => patch('a', '', 'b'),
	'patches/b.sql' => patch('b', "SELECT _v.assert_job_is_done('x');", 'c'),
	'patches/c.sql' => patch('c', '', 'jobs'));
is((versioning($project, 'apply', '-n', 'a'))[0], 0,
	'what requires it requires its jobs');
add_files($project, 'patches/b.sql' =>
	  patch('b', "SELECT _v.assert_job_is_done('x');", 'c') . patch('d'));
is((versioning($project, 'apply', '-n', 'a'))[0], 0,
	'and so does the other patch of its file');
add_files($project, 'patches/b.sql' => patch('b',
	"SELECT _v.register_job('y', 'x', 'SELECT FROM batch');\n"
	  . "SELECT _v.assert_job_is_done('y');", 'c'));
like((versioning($project, 'apply', '-n', 'a'))[2],
	qr{patch "b" waits for the job "y" of a patch that it does not require$}m,
	'a job of its own');

my $job = "SELECT _v.register_job('j', 'items', \$\$ UPDATE items i SET b = a"
  . " FROM batch USING (id) \$\$);\n";
my $made = "CREATE OR REPLACE FUNCTION app.keep() RETURNS trigger LANGUAGE"
  . " plpgsql AS \$\$ BEGIN RETURN NEW; END \$\$;\n"
  . "CREATE CONSTRAINT TRIGGER \"Keep\" AFTER INSERT ON items"
  . " EXECUTE FUNCTION app.keep();\n";

# What is found in a start, in the finish that requires it, and their rollbacks.
sub found
{
	my ($start, $finish, @rollbacks) = @_;
	return findings({
		'patches/start.sql' => patch('start', $start),
		'patches/finish.sql' => patch('finish', $finish, 'start'),
		map { ("rollbacks/$_.sql" => rollback_file($_)) } @rollbacks });
}

my @both = qw(start finish);
my $await = "SELECT _v.assert_job_is_done('j');\n";
my $not_awaited = "patches/finish.sql:2 job-not-awaited\n";
is(found($job, '', 'finish'),
	"patches/start.sql:2 no-rollback\n"
	  . "patches/start.sql:3 job-without-rollback\n",
	'a job in a patch without a rollback');
is(found("-- versioning: disable no-rollback\n$job", '', 'finish'),
	"patches/start.sql:4 job-without-rollback\n",
	'also where rollbacks are not wanted');
is(found($job, $await, @both), '', 'a finish that waits');
is(found("$job$made", "DROP TRIGGER \"Keep\" ON items;", @both), $not_awaited,
	'a finish that drops a trigger and does not wait');
is(found("$job$made", 'DROP FUNCTION IF EXISTS app . keep();', @both),
	$not_awaited, 'the same with a function');
is(found("$job$made", "DROP TRIGGER other ON items;", @both), '',
	'one that drops another trigger');
is(found("$job$made", "DROP TRIGGER keep ON items;", @both), '',
	'one with a name in lower case');
is(found("$job$made", "$await DROP TRIGGER \"Keep\" ON items;", @both), '',
	'one that waits');
is(found($made, "DROP TRIGGER \"Keep\" ON items;", @both), '',
	'where there is no job');
like((check({ 'patches/a.sql' => patch('a', $await),
			'rollbacks/a.sql' => rollback_file('a') }))[1],
	qr/^patches\/a\.sql:2: patch "a" waits for the job "j", which no file registers \[unknown-job\]$/m,
	'a job that no file registers');

# Tables

$project = project('tables',
	'patches/a.sql' => patch('a', $job),
	'rollbacks/a.sql' => rollback_file('a'));

# What is found of the job's table?
sub table_found
{
	my ($definition) = @_;
	value($project->{database}, 'DROP TABLE IF EXISTS public.items');
	value($project->{database}, "CREATE TABLE public.items $definition")
	  if defined $definition;
	return (versioning($project, 'check', '-q'))[1];
}

my $keyless = <<'END';
patches/a.sql:3: the table items of the job "j" has neither a primary key nor another unique index over columns that are NOT NULL [job-without-key]
END
is(table_found('(id int PRIMARY KEY, a int, b int)'), '',
	'a table with a primary key');
is(table_found('(id int, a int, b int)'), $keyless, 'a table without a key');
is(table_found('(id int UNIQUE, a int, b int)'), $keyless,
	'a table with a key that may be NULL');
is(table_found('(id int NOT NULL, a int NOT NULL, b int, UNIQUE (a, id))'),
	'', 'a table with a unique key');
is(table_found('(id int NOT NULL UNIQUE DEFERRABLE, a int, b int)'), $keyless,
	'a table with a key that is not always unique');
is(table_found(), '', 'a table that is still to be made');

done_testing();
