# versioning status: each patch's state, for people and for programs.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use JSON::PP qw(decode_json);
use Scratch qw(database value original);
use Test::More;

my $project = project('status',
	'patches/one.sql' => patch('base'),
	'patches/two.sql' => patch('next', '', 'base'),
	'patches/three.sql' => patch('last', '', 'next'),
	'patches/typo.sql' => patch('typo', '', 'bsae'),
	'patches/behind.sql' => patch('behind', '', 'typo', 'base'),
	'patches/enemy.sql' =>
	  "SELECT _v.register_patch('enemy', NULL, ARRAY['base']);\n",
	'patches/x.sql' => patch('x', '', 'y'),
	'patches/y.sql' => patch('y', '', 'x'));

# The state of a patch in JSON.
sub state_of
{
	my ($name, @arguments) = @_;
	my (undef, $output) = versioning($project, 'status', '--json', @arguments);
	my ($patch) =
	  grep { $_->{patch} eq $name } @{ decode_json($output)->{patches} };
	return $patch;
}

is_deeply(
	state_of('base'),
	{
		patch => 'base', state => 'pending', applied_at => undef,
		applied_by => undef, file => 'patches/one.sql', requires => [],
		conflicts => [], differs => JSON::PP::false,
		changed => JSON::PP::false, blocked_by => [],
		waits_for => [], jobs => [],
		unfinished => undef, in_progress => undef
	},
	'a patch that is not applied is pending');
is(state_of('next')->{state}, 'pending',
	'so is one whose requirement is pending');
is_deeply(
	[ @{ state_of('typo') }{qw(state blocked_by)} ],
	[ 'blocked', [
		'requires "bsae", which is neither applied nor registered by a file'
	] ],
	'a patch that requires what is not there is blocked');
is_deeply(
	[ @{ state_of('behind') }{qw(state blocked_by)} ],
	[ 'blocked', ['requires "typo", which is blocked'] ],
	'and so is what requires it');
is(state_of('x')->{state}, 'blocked', 'patches in a circle are blocked');
is(state_of('y')->{state}, 'blocked', 'all of them');
is_deeply(
	[ @{ state_of('enemy') }{qw(state blocked_by)} ],
	[ 'blocked', ['conflicts with "base", which is pending, too'] ],
	'a patch that conflicts with a pending one is blocked');
is(state_of('base')->{state}, 'pending', 'the other one is not');

# The order in which they would be applied, not that of the files

# The patches in the order in which status has them.
sub names
{
	my ($place, @arguments) = @_;
	my (undef, $output) = versioning($place, 'status', '--json', @arguments);
	return join ' ', map { $_->{patch} } @{ decode_json($output)->{patches} };
}

my $order = project('order',
	'patches/1.sql' => patch('third', '', 'second'),
	'patches/2.sql' => patch('second', '', 'first'),
	'patches/3.sql' => patch('self', '', 'self'),
	'patches/4.sql' => patch('first') . patch('with it', '', 'first'),
	'patches/5.sql' => patch('fourth'));
is(names($order), 'first with it second third fourth self',
	'pending ones come in the order of apply, then what has no place in it');
is( join(' ', (versioning($order, qw(apply -n third fourth)))[1] =~ /^\[\d+\/\d+\] (.*?)  /mg),
	'first, with it second third fourth', 'which is this');
is((versioning($order, qw(apply -q second)))[0], 0, 'some are applied');
is(names($order), 'first with it second third fourth self',
	'applied ones come first');
is(names($order, '--pending'), 'third fourth self', '--pending');
like((versioning($order, qw(status --pending)))[1],
	qr/\A +patch .*\n.*\n third +\|.*\n fourth +\|.*\n self +\|.*\n\n3 applied, 2 pending, 1 blocked\n\z/,
	'--pending: the table, and how many there are of all');
is((versioning($order, qw(status --pending -q)))[1],
	"3 applied, 2 pending, 1 blocked\n", '--pending -q');
is((versioning($order, qw(status --pending --exit-code)))[0], 5,
	'--pending --exit-code');
unlink "$order->{directory}/patches/$_.sql" for 1, 3, 5;
is((versioning($order, qw(status --pending)))[1],
	"3 applied, 0 pending, 0 blocked\n", '--pending: nothing is');
is(names($order, '--pending'), '', '--pending: nothing is, in JSON');

value($project->{database}, "SELECT _v.register_patch('base');
	SELECT _v.register_patch('next', ARRAY['base'], ARRAY['last']);
	SELECT _v.register_patch('elsewhere', ARRAY['next'])");
my $base = state_of('base');
is_deeply([ @$base{qw(state applied_by)} ], [ 'applied', 'postgres' ],
	'an applied patch, and who applied it');
like($base->{applied_at}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d$/,
	'and when');
is_deeply(
	[ @{ state_of('elsewhere') }{qw(state file requires)} ],
	[ 'applied', undef, ['next'] ],
	'an applied patch that has no file here');
is_deeply(
	[ @{ state_of('next') }{qw(differs conflicts file_conflicts)} ],
	[ JSON::PP::true, ['last'], [] ],
	'a file that differs from the register');
is_deeply(
	state_of('last')->{blocked_by},
	['"next", which is applied, conflicts with it'],
	'an applied patch that declares a conflict blocks');
is_deeply(
	state_of('enemy')->{blocked_by},
	['conflicts with "base", which is applied'],
	'a conflict with an applied patch blocks');

my ($status, $output, $errors) = versioning($project, 'status');
is($status, 0, 'the table: exit status');
like($output, qr/^ *patch *\| *state *\| *applied *\| *by *\| *remarks *$/m,
	'the table: its head');
like($output,
	qr/^ base +\| applied \| \d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d \| postgres \|/m,
	'the table: an applied patch');
like($output, qr/^ elsewhere +\| applied .*\| no file here$/m,
	'the table: no file');
like($output, qr/^ next .*differs: in the file .* conflicts with nothing, in the register .* conflicts with "last"$/m,
	'the table: a difference');
like($output, qr/^ typo +\| blocked \|  *\|  *\| requires "bsae", which/m,
	'the table: a blocked patch');
like($output,
	qr/^3 applied \(1 without a file here, 1 not as in the file\), 0 pending, 6 blocked\n\z/m,
	'the table: its summary');
($status, $output) = versioning($project, 'status', '-q');
like($output, qr/^3 applied.*blocked\n\z/, '-q shows the summary only');

# Patches in a circle

my $circle = project('circle',
	'patches/a.sql' => patch('a', '', 'b'),
	'patches/b.sql' => patch('b', '', 'c'),
	'patches/c.sql' => patch('c', '', 'a'),
	'patches/one.sql' => patch('one') . patch('two', '', 'three'),
	'patches/three.sql' => patch('three', '', 'one'),
	'patches/four.sql' => patch('four', '', 'three'),
	'patches/self.sql' => patch('self', '', 'self'));
my ($told, $table) = versioning($circle, 'status');
like($table, qr/^ a +\| blocked .*\| patches require each other: a -> b -> c -> a \(.*; requires "b", which is blocked$/m,
	'a circle is told of, once');
is(() = $table =~ /: a -> b -> c -> a/g, 1, 'and only once');
like($table, qr/^ c +\| blocked .*\| requires "a", which is blocked$/m,
	'the others in it are blocked');
like($table, qr/^ $_ +\| blocked /m, "$_ is, as apply runs whole files")
  for 'one', 'two', 'three', 'four';
like($table, qr/^ self +\| blocked .*\| patch "self" requires itself/m,
	'so is one that requires itself');
like($table, qr/^ one +\|.*\| its file registers "two", too, which is blocked$/m,
	'the reason is told');
like((versioning($circle, 'apply', '-n', 'one'))[2],
	qr/: two -> three -> one|: three -> one/, 'and apply says the same');

# What is up to date
is((versioning($project, 'status', '--exit-code'))[0], 5,
	'--exit-code: not up to date');
my @one = ('--patches', 'patches/one.sql');
is((versioning($project, 'status', '--exit-code', @one))[0], 0,
	'--exit-code: up to date');

# What cannot be understood
add_files($project, 'patches/z1.sql' => patch('z'),
	'patches/z2.sql' => patch('z'),
	'patches/var.sql' => "SELECT _v.register_patch(:name);\n");
($status, $output, $errors) = versioning($project, 'status');
is($status, 1, 'files with problems: exit status');
like($errors, qr/^versioning: patches\/z2\.sql:2: patch "z" is registered by patches\/z1\.sql:2, too$/m,
	'two files for one patch');
like($errors, qr/^versioning: patches\/var\.sql:1: /m, 'a name that is not known');
like($output, qr/^ base /m, 'and the table all the same');

# Names of every kind
my $odd = project('odd', 'patches/odd.sql' =>
	  patch(qq{a "quoted\\" name,\twith\nall sorts}) );
($status, $output, $errors) = versioning($odd, 'status', '--json');
is(decode_json($output)->{patches}[0]{patch},
	qq{a "quoted\\" name,\twith\nall sorts}, 'JSON: an odd name');
add_files($odd, "patches/odd.sql" => "SELECT _v.register_patch('a');",
	"patches/\xC3\xA9\xFF\xE2\x82.sql" =>
	  "SELECT _v.register_patch('b\xE9', ARRAY['\xF4\x90\x80\x80']);");
($status, $output, $errors) = versioning($odd, 'status', '--json');
my ($latin) = grep { $_->{patch} ne 'a' } @{ decode_json($output)->{patches} };
is_deeply(
	[ @$latin{qw(patch file requires)} ],
	[
		"b\x{FFFD}", "patches/\xE9\x{FFFD}\x{FFFD}\x{FFFD}.sql",
		[ "\x{FFFD}" x 4 ]
	],
	'JSON is UTF-8, whatever there is');

# Nothing to read
($status, $output, $errors) =
  versioning({ %$project, database => 'postgres' }, 'status');
is($status, 2, 'no register: exit status');
like($errors, qr/the database "postgres" has no register of patches\n.*CREATE EXTENSION versioning/,
	'no register: message');
($status, $output, $errors) =
  versioning({ %$project, database => 'nowhere' }, 'status');
is($status, 2, 'no database: exit status');
like($errors, qr/database "nowhere" does not exist/, 'no database: message');
($status, $output, $errors) =
  versioning($project, 'status', '--patches', 'nowhere');
is($status, 1, 'no directory: exit status');
like($errors, qr/could not find "nowhere"/, 'no directory: message');

# The register of depesz's script
my $old = { %$project, database => database('old') };
original($old->{database}, 'new');
value($old->{database}, "SELECT * FROM _v.register_patch('base')");
(undef, $output) = versioning($old, 'status', @one);
like($output, qr/^ base +\| applied /m, q(depesz's register));
value($old->{database}, <<'SQL');
CREATE TABLE _v.history (id int);
CREATE VIEW _v.in_progress AS SELECT 1 AS one;
SQL
(undef, $output) = versioning($old, 'status', @one);
like($output, qr/^ base +\| applied /m,
	'his register, with relations that have the names of ours');

# Through time zones and date styles, one form
{
	local $ENV{PGOPTIONS} = '-c datestyle=German -c timezone=Asia/Kolkata';
	like(state_of('base')->{applied_at}, qr/^\d{4}-\d\d-\d\dT.*\+05:30$/,
		'the time is in ISO form, in the time zone of the session');
}

done_testing();
