# versioning show: all that is known of one patch.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use JSON::PP qw(decode_json);
use Scratch qw(database original value);
use Test::More;

my $time = qr/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d/;
my $project = project('show',
	'patches/base.sql' => patch('base', 'CREATE SCHEMA app;'),
	'patches/users.sql' =>
	  patch('users', 'CREATE TABLE app.users (id int PRIMARY KEY);', 'base'),
	'patches/more.sql' =>
	  patch('more', 'ALTER TABLE app.users ADD name text;', 'users'),
	'patches/names.sql' => patch('names', '', 'users', 'base'),
	'patches/filled.sql' => patch('filled', <<~'SQL', 'users'),
	  SELECT _v.register_job('fill', 'app.users', $$UPDATE app.users u SET id = u.id FROM batch b WHERE u.id = b.id$$);
	  SQL
	'patches/lost.sql' => patch('lost', '', 'nowhere'),
	'rollbacks/users.sql' => rollback_file('users', 'DROP TABLE app.users;'),
	'rollbacks/more.sql' =>
	  rollback_file('more', 'ALTER TABLE app.users DROP name;'));

value($project->{database},
	'CREATE EVENT TRIGGER made ON ddl_command_end '
	  . 'EXECUTE FUNCTION _v.record_changes()');
is((versioning($project, qw(apply -q users more)))[0], 0, 'applied');

my ($status, $output, $errors) = versioning($project, 'show', 'users');
is($status, 0, 'an applied patch: exit status');
is($errors, '', 'an applied patch: no message');
like($output, qr{\Ausers: applied at $time by postgres
  file        patches/users\.sql
  rollback    rollbacks/users\.sql
  requires    base
  required by more\n}, 'an applied patch: what it is');
like($output, qr/^  required by more\n(?: {14}\w+\n)*? {14}names\n/m,
	'an applied patch: pending ones require it, too');
like($output, qr/^  objects     table app\.users\n              index app\.users_pkey\n/m,
	'an applied patch: its objects');
like($output, qr{\n\n$time  applied users by postgres(?: \([^()\n]+\))?, from patches/users\.sql\n    created table app\.users\n},
	'an applied patch: its history');

($status, $output) = versioning($project, 'show', 'more');
like($output, qr/^  objects     table app\.users \(changed\)\n/m,
	'an object that it has changed');
($status, $output) = versioning($project, 'show', 'lost');
is($status, 0, 'a blocked patch: exit status');
like($output, qr/\Alost: blocked\n  remarks     requires "nowhere", which is .*\n  file        patches\/lost\.sql\n  requires    nowhere\n\z/,
	'a blocked patch');

# JSON
($status, $output) = versioning($project, 'show', 'more', '--json');
my $more = decode_json($output);
is_deeply(
	[ @$more{qw(patch rollback required_by)}, $more->{state}{state},
		$more->{state}{requires} ],
	[ 'more', 'rollbacks/more.sql', [], 'applied', ['users'] ],
	'JSON: what it is');
is_deeply($more->{objects},
	[ { type => 'table', identity => 'app.users', created => JSON::PP::false } ],
	'JSON: its objects');
is($more->{events}[0]{event}, 'applied', 'JSON: its history');
is($more->{events}[0]{changes}[0]{action}, 'altered', 'JSON: its changes');

# By the path of its file
is((versioning($project, qw(show ./patches/more.sql --json)))[1], $output,
	'the path of a file stands for its patch');

# A patch with a job
is((versioning($project, qw(apply -q filled)))[0], 0, 'a job is registered');
($status, $output) = versioning($project, 'show', 'filled');
like($output, qr/^  jobs        fill: \S/m, 'its job');

# Taken back, and no file any more
is((versioning($project, qw(rollback -q more)))[0], 0, 'taken back');
unlink "$project->{directory}/patches/more.sql",
  "$project->{directory}/rollbacks/more.sql";
($status, $output) = versioning($project, 'show', 'more');
is($status, 0, 'a patch of which there is only history: exit status');
like($output, qr/\Amore: not applied, and no file here\n.*\n\n$time  taken back more by .*\n.*\n$time  applied more by/,
	'a patch of which there is only history');
($status, $output) = versioning($project, 'show', 'more', '--json');
is(decode_json($output)->{state}, undef, 'JSON: the same');

# What is not known
($status, $output, $errors) = versioning($project, 'show', 'usrs');
is($status, 1, 'no such patch: exit status');
is($output, '', 'no such patch: no output');
like($errors, qr/"usrs" is no patch .*; did you mean "users"\?$/,
	'no such patch: what was meant');
($status, $output, $errors) = versioning($project, 'show', "a\n\e");
like($errors, qr/"a\\n\\x1B" is no patch/, 'no such patch: an odd name');
is((versioning($project, 'show'))[0], 2, 'no name');
like((versioning($project, qw(show a b)))[2], qr/one argument too many/,
	'two names');

# A register without a history
my $old = { %$project, database => database('old') };
original($old->{database}, 'new');
value($old->{database}, "SELECT * FROM _v.register_patch('base')");
($status, $output) = versioning($old, 'show', 'base');
is($status, 0, q(depesz's register: exit status));
like($output, qr/\Abase: applied at $time by postgres\n.*required by users\n/s,
	q(depesz's register));

done_testing();
