# Whatever stands in _v.patches is read, or named and left out: the functions
# write lists of names, but others may write to the table.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use JSON::PP qw(decode_json);
use Scratch qw(database value);
use Test::More;

my $rows = <<'SQL';
INSERT INTO _v.patches (patch_name, applied_by, requires, conflicts) VALUES
    ('a', 'me', NULL, NULL),
    ('bounds', 'me', '[5:6]={a,"b \"c\""}', '[0:0]={x}'),
    ('nested', 'me', '{{a,bounds},{a,"NULL"}}', '[2:2][3:3]={{x}}'),
    ('nulls', 'me', '{NULL,a,NULL}', '{NULL}'),
    ('empty', 'me', '{"",a}', '{"","x"}'),
    ('mixed', 'me', '{{NULL,a},{"",""}}', '{}'),
    ('', 'me', '{}', '{}');
SQL
my %requires = (
	a => [],
	bounds => [ 'a', 'b "c"' ],
	nested => [ 'a', 'bounds', 'a', 'NULL' ],
	nulls => ['a'],
	empty => ['a'],
	mixed => ['a']);
my %conflicts = (
	a => [], bounds => ['x'], nested => ['x'], nulls => [], empty => ['x'],
	mixed => []);
my @warnings = (
	'"requires" of patch "nested" in _v.patches has several dimensions: only the names in it count',
	'"conflicts" of patch "nested" in _v.patches has several dimensions: only the names in it count',
	'"requires" of patch "nulls" in _v.patches has NULLs: only the names in it count',
	'"conflicts" of patch "nulls" in _v.patches has NULLs: only the names in it count',
	'"requires" of patch "empty" in _v.patches has empty names: only the names in it count',
	'"conflicts" of patch "empty" in _v.patches has empty names: only the names in it count',
	'"requires" of patch "mixed" in _v.patches has several dimensions, NULLs, empty names: only the names in it count',
	'a patch in _v.patches has an empty name: it is left out');

my $project = project('rows',
	'patches/new.sql' => patch('new', undef, 'bounds'),
	'patches/nested.sql' => patch('nested'),
	'rollbacks/nested.sql' => rollback_file('nested'),
	'rollbacks/new.sql' => rollback_file('new'));
value($project->{database}, $rows);
my @database = ('-d', $project->{database});
my $template = database('template');
value($template, "CREATE EXTENSION versioning; $rows");

my $output = goes_on('status', 0);
like($output, qr/^6 applied .*, 1 pending, 0 blocked$/m,
	'status: the rest is there');
$output = goes_on('status --json', 0, qw(status --json));
my @applied =
  grep { $_->{state} eq 'applied' } @{ decode_json($output)->{patches} };
is_deeply({ map { $_->{patch} => $_->{requires} } @applied },
	\%requires, 'what they require');
is_deeply({ map { $_->{patch} => $_->{conflicts} } @applied },
	\%conflicts, 'what they conflict with');

$output = goes_on('check', 1, 'check', @database);
like($output, qr/^patches\/nested.sql:\d+: patch "nested" was applied as one that requires "a", "bounds", "a", "NULL" and conflicts with "x" \[differs\]$/m,
	'check: names are compared');
$output = goes_on('graph', 0, 'graph', @database);
like($output, qr/^\t"bounds" -> "b \\"c\\""/m, 'graph: they are drawn');
goes_on('apply', 0);
$output = goes_on('rollback', 1, qw(rollback bounds --dry-run));
goes_on('rollback', 0, qw(rollback new nested));
is(registered($project), ' a bounds empty mixed nulls', 'rollback: it worked');
goes_on('rehearse', 0, 'rehearse', @database, '--template', $template);

done_testing();


# Passes if a command exits with this status, and warns of all that is odd, once.
# Returns its output.
sub goes_on
{
	my ($name, $expected, @arguments) = @_;
	my ($status, $output, $errors) =
	  versioning($project, @arguments ? @arguments : $name);

	is($status, $expected, "$name: exit status") || diag "$output\n$errors";
	is_deeply([ $errors =~ /^versioning: warning: (.*_v\.patches.*)$/mg ],
		\@warnings, "$name: warnings");
	return $output;
}
