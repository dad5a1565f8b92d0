# versioning log and blame: what happened to patches and objects, and by whom.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use JSON::PP qw(decode_json);
use Scratch qw(role value);
use Test::More;

my $time = qr/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d/;
# What may be known of a user: " (root at host)".
my $whose = qr/(?: \([^()\n]+\))?/;

my $alice = role('alice');
my $project = project('log',
	'patches/base.sql' => patch('base', "CREATE SCHEMA app AUTHORIZATION $alice;"),
	'patches/users.sql' =>
	  patch('users', "SET ROLE $alice; CREATE TABLE app.users (id int, name text); RESET ROLE;", 'base'),
	'patches/people.sql' =>
	  patch('people', 'ALTER TABLE app.users RENAME TO people;', 'users'),
	'patches/odd.sql' => patch("odd\x1b[31m\nname"),
	'rollbacks/people.sql' =>
	  rollback_file('people', 'ALTER TABLE app.people RENAME TO users;'));

value($project->{database}, $_) for <<~'SQL' =~ /[^;]+/g;
	CREATE EVENT TRIGGER made ON ddl_command_end
	EXECUTE FUNCTION _v.record_changes();
	CREATE EVENT TRIGGER gone ON sql_drop
	EXECUTE FUNCTION _v.record_changes()
	SQL

# Runs a command that is to succeed, and returns what it prints.
sub shown
{
	my @arguments = @_;
	my ($status, $output, $errors) = versioning($project, @arguments);

	is($status, 0, "exit status of @arguments") || diag($errors);
	return $output;
}

# What a command prints, as JSON.
sub told
{
	return decode_json(shown(@_, '--json'));
}

# The first lines of the events: what happened to what.
sub events
{
	my @arguments = @_;
	return join '; ',
	  map { "$_->{event} " . ($_->{patch} // '-') }
	  @{ told('log', @arguments)->{events} };
}

is(shown('log'), "There are no such events.\n", 'nothing has happened yet');
is(shown(qw(log -q)), '', 'and -q does not say so');

is((versioning($project, qw(apply -q base users people)))[0], 0, 'applied');
is((versioning($project, qw(rollback -q people)))[0], 0, 'taken back');
value($project->{database}, <<~"SQL");
	SET SESSION AUTHORIZATION $alice;
	BEGIN;
	CREATE INDEX users_name ON app.users (name);
	COMMENT ON TABLE app.users IS 'x';
	COMMIT
	SQL

# All of it

my $log = shown('log');
like($log, qr/\A$time  changed outside any patch by $alice\n    created index app\.users_name\n    altered table app\.users \(COMMENT\)\n/,
	'what was changed outside any patch, the latest first');
like($log, qr{^$time  taken back people by postgres$whose, from rollbacks/people\.sql\n    renamed table app\.users, which was app\.people\n$time  applied people by}m,
	'a patch that was taken back, with what it changed');
like($log, qr{^$time  applied base by postgres$whose, from patches/base\.sql\n    created schema app\n\z}m,
	'the first one comes last');
unlike($log, qr/\e/, 'no colours, as nobody is at a terminal');
like(shown(qw(log --color always)), qr/  \e\[32mapplied\e\[0m base/,
	'colours if they are wanted');

my ($last) = grep { ($_->{patch} // '') eq 'users' } @{ told('log')->{events} };
is_deeply(
	[ @$last{qw(event job role session_role application file command)} ],
	[ 'applied', undef, 'postgres', 'postgres', 'versioning apply',
		'patches/users.sql', undef ],
	'JSON: an event');
like($last->{sha256}, qr/^[0-9a-f]{64}$/, 'JSON: the digest of its file');
like($last->{at}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d$/,
	'JSON: its time');
is_deeply(
	$last->{changes}, [ {
		action => 'created', type => 'table', identity => 'app.users',
		previous_identity => undef, command => 'CREATE TABLE' } ],
	'JSON: what it changed');
is_deeply([ @{ told('log')->{events}[0] }{qw(event patch)} ],
	[ 'changed', undef ], 'JSON: an event without a patch');

# Of one patch, or one object

is(events('people'), 'taken back people; applied people', 'of a patch');
is(events('app.users'),
	'changed -; taken back people; applied people; applied users',
	'of an object, through its names');
is(events('app.users.name'),
	'taken back people; applied people; applied users', 'of a column');
is(events('app.users_name'), 'changed -', 'of an index');
{
	local $ENV{PGOPTIONS} = '-c search_path=app';
	is(events('users_name'), 'changed -',
		q(an object is looked for in the user's search_path));
}
is(shown(qw(log pg_class)), qq(Nothing of that kind is known of "pg_class".\n),
	'an object of which nothing is known');

# What is wanted of it

is(events(qw(--limit 2)), 'changed -; taken back people', '--limit');
is(events(qw(--limit 1 people)), 'taken back people', '--limit with a patch');
like(events('--by', $alice), qr/^changed -$/, '--by');
unlike(events(qw(--by postgres --limit 9)), qr/changed -; taken/,
	'--by another one');
is(events('--since', $_), events(), "--since $_")
  for 'yesterday', '2001-02-03', '1 day', '1 day ago', '10:00:00';
is(events('--since', $_), '', "--since $_") for 'tomorrow', '0s';
{
	local $ENV{PGOPTIONS} = '-c datestyle=German';
	is(events('--since', '1 day'), events(), '--since in any datestyle');
}

# What is not known

# Expects a command to fail, with a message.
sub is_refused
{
	my ($expected_status, $message, @arguments) = @_;
	my ($status, $output, $errors) = versioning($project, @arguments);

	is($status, $expected_status, "exit status of @arguments");
	is($output, '', "no output of @arguments");
	return like($errors, $message, "message of @arguments");
}
is_refused(1, qr/"usrs" is no patch or object .*; did you mean "users"\?$/,
	'log', 'usrs');
is_refused(1, qr/"app.usres" is no patch or object .*; did you mean "app.users"\?$/,
	'log', 'app.usres');
is_refused(1, qr/"qwertyuiop" is no patch or object .* known to have had$/,
	'log', 'qwertyuiop');
is_refused(1, qr/"a\\nb\\x1B" is no patch or object/, 'log', "a\nb\e");
is_refused(2, qr/--since takes a date, .*, not "\Q$_\E"$/m, 'log', '--since', $_)
  for '2026', '7', 'xyz', '', "'; DROP TABLE app.users; --";
is_refused(2, qr/--by takes the name of a role .*, not "nobody here"$/m, 'log',
	'--by', 'nobody here');
is_refused(2, qr/--limit takes a number from 1/, 'log', '--limit', $_)
  for 0, -1, 'x', '99999999999';
is_refused(2, qr/"b" is one argument too many for log/, 'log', 'a', 'b');
is_refused(2, qr/--color takes auto, always or never, not "x"/, 'log',
	'--color', 'x');
is_refused(2, qr/the database "postgres" has no history of patches\n.*CREATE EXTENSION/,
	'log', '-d', 'postgres');

# Who changed it

my $life = shown('blame', 'app.users');
like($life, qr/\A$time  created table app\.users by $alice, applied users\n$time  renamed table app\.people, which was app\.users by postgres, applied people\n/,
	'blame: from the beginning');
like($life, qr/^$time  altered table app\.users \(COMMENT\) by $alice, outside any patch\n\z/m,
	'blame: outside any patch');
is_deeply(
	[ map { "$_->{action} " . ($_->{patch} // '-') }
		  @{ told('blame', 'app.users')->{changes} } ],
	[ 'created users', 'renamed people', 'renamed people', 'altered -' ],
	'blame: JSON');
is(shown('blame', 'pg_class'),
	qq(No change of "pg_class" has been recorded.\n),
	'blame: an object of which nothing is known');
is_refused(1, qr/"app.usres" is no object .*; did you mean "app.users"\?$/,
	'blame', 'app.usres');
is_refused(1, qr/"people" is no object .* known to have had/, 'blame', 'people');
is_refused(1, qr/"""" is no object|""" is no object/, 'blame', '"');
is_refused(2, qr/blame takes the name of an object/, 'blame');

# Names do no harm.
is((versioning($project, qw(apply -q)))[0], 0, 'an odd name is applied');
like(shown(qw(log --limit 2)), qr/applied odd\\x1B\[31m\\nname by postgres/,
	'an odd name stays on its line');
is((grep { $_->{patch} eq "odd\x1b[31m\nname" }
		@{ told(qw(log --limit 2))->{events} }), 1, 'JSON: an odd name');

# The search_path of the user is used by the lookup only.
value($project->{database}, $_) for "CREATE SCHEMA trap",
  "CREATE FUNCTION trap.eq(bigint, bigint) RETURNS bool LANGUAGE plpgsql AS
	'BEGIN RAISE ''caught''; END'",
  "CREATE OPERATOR trap.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = trap.eq)",
  "CREATE FUNCTION trap.to_char(timestamptz, text) RETURNS text LANGUAGE plpgsql AS
	'BEGIN RAISE ''caught''; END'";
{
	local $ENV{PGOPTIONS} = '-c search_path=trap,pg_catalog';
	is(events('app.users_name'), 'changed -', 'log and a hostile search_path');
	unlike(shown('blame', 'app.users'), qr/caught/,
		'blame and a hostile search_path');
}

done_testing();
