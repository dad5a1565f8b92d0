# What was applied last is what was registered last, not what began last: a
# patch may take long before it is registered.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use JSON::PP qw(decode_json);
use Scratch qw(database original psql value);
use Test::More;

my @names = qw(adopted quick slow);
my $project = project('order',
	(map { ("patches/$_.sql" => patch($_)) } @names),
	(map { ("rollbacks/$_.sql" => rollback_file($_)) } @names));

# A register that was there before the extension
value($project->{database}, 'DROP EXTENSION versioning');
psql($project->{database}, 'DROP SCHEMA _v CASCADE');
original($project->{database}, 'new');
value($project->{database}, q{
	SELECT _v.register_patch('adopted');
	UPDATE _v.patches SET applied_tsz = now() + '1 day'});
value($project->{database}, 'CREATE EXTENSION versioning');

# One begins first, and is registered last.
my ($input, $answer) = ("BEGIN; SELECT 'begun', now();\n", '');
my $slow = IPC::Run::start(
	[ qw(psql -XAtq -v ON_ERROR_STOP=1 -d), $project->{database} ],
	'<', \$input, '>', \$answer);
$slow->pump until $answer =~ /begun/;
value($project->{database}, "SELECT _v.register_patch('quick')");
$input .= "SELECT _v.register_patch('slow'); COMMIT;\n";
ok($slow->finish, 'a patch was registered after one that began later');
is(
	value($project->{database}, 'SELECT string_agg(patch_name, $$ $$
		ORDER BY applied_tsz) FROM _v.patches'),
	'slow quick adopted', 'the times say otherwise');

is(applied(), 'adopted quick slow', 'status');
is(applied('--json'), 'adopted quick slow', 'status --json');
is(taken_back('--last', 2), 'slow quick', 'rollback --last');
is(taken_back(qw(quick slow adopted)), 'slow quick adopted',
	'rollback of several that do not require each other');

is((versioning($project, qw(rollback --last 1)))[0], 0, 'rollback --last 1');
is(registered($project), 'adopted quick', 'has taken back the right one');

# The last registration counts.
value($project->{database}, "SELECT _v.unregister_patch('adopted');
	SELECT _v.register_patch('adopted')");
is(applied(), 'quick adopted', 'applied again');

# Without a history there is the time.
value($project->{database}, 'DROP EXTENSION versioning');
psql($project->{database}, 'DROP SCHEMA _v CASCADE');
original($project->{database}, 'new');
value($project->{database}, q{
	SELECT _v.register_patch('slow'), _v.register_patch('quick');
	SELECT _v.register_patch('adopted');
	UPDATE _v.patches SET applied_tsz = now() + '1 day'
	 WHERE patch_name = 'slow'});
is(applied(), 'quick adopted slow', 'a register without a history');

done_testing();


# The applied patches, in the order of status, with spaces between.
sub applied
{
	my (@arguments) = @_;
	my (undef, $output) = versioning($project, 'status', @arguments);

	return join ' ', map { $_->{state} eq 'applied' ? $_->{patch} : () }
	  @{ decode_json($output)->{patches} }
	  if @arguments;
	return join ' ', $output =~ /^ (\w+) +\| applied /mg;
}

# What a rollback would take back, in that order.
sub taken_back
{
	my (undef, $output) = versioning($project, qw(rollback --dry-run), @_);

	return join ' ', $output =~ /^\[\d+\/\d+\] (\w+) /mg;
}
