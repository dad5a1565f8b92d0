# What the history keeps of the files that are run, and how a file is noticed
# that has changed since.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use JSON::PP qw(decode_json);
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(original psql value);
use Test::More;

my @files = (
	'patches/a.sql' => patch('a'),
	'patches/b.sql' => "SELECT _v.register_patch('b', '{a}');\n",
	"patches/it's \\ C.SQL" => patch('c', '', 'b'),
	'patches/d.sql' => "-- versioning: no-transaction\n"
	  . "SELECT _v.register_patch('d', '{c}');\nVACUUM pg_class;\n",
	map { ("rollbacks/$_.sql" => rollback_file($_)) } qw(a b c d));
my %files = @files;
my $project = project('changed', @files);

# The rows of history that match, as lines.
sub history
{
	my ($condition) = @_;
	return value($project->{database},
		"SELECT event, patch_name, source_file, source_sha256
		   FROM _v.history WHERE $condition ORDER BY id");
}

# The names of the patches whose files have changed, as status has it.
sub changed
{
	my (undef, $output) = versioning($project, 'status', '--json');
	my $status = decode_json($output);
	my @names =
	  map { $_->{patch} } grep { $_->{changed} } @{ $status->{patches} };

	is($status->{changed}, scalar @names, 'how many files have changed');
	return "@names";
}

applies($project, 'a b c d', 'four files');
is( history('true'),
	join("\n", map { "applied|$_->[0]|$_->[1]|" . sha256_hex($files{ $_->[1] }) }
		[ a => 'patches/a.sql' ], [ b => 'patches/b.sql' ],
		[ c => "patches/it's \\ C.SQL" ], [ d => 'patches/d.sql' ]),
	'history knows each file, and the digest of its bytes');
is(changed(), '', 'nothing has changed');

# Changes
add_files($project,
	'patches/a.sql' => "$files{'patches/a.sql'}-- more\n",
	"patches/it's \\ C.SQL" => $files{"patches/it's \\ C.SQL"} =~ s/\n/\r\n/gr);
is(changed(), 'a', 'a file has changed, and another one its line ends only');
add_files($project, 'patches/b.sql' => "$files{'patches/b.sql'}\n");
is(changed(), 'a b', 'an empty line at the end is a change');
my ($status, $output) = versioning($project, 'status');
like($output, qr{^ a .*\| patches/a\.sql changed since *$}m,
	'the table tells of it');
like($output, qr/^4 applied \(2 with a changed file\), 0 pending/m,
	'... and so does the last line');
is((versioning($project, 'status', '--exit-code'))[0],
	0, 'it is up to date all the same');

($status, $output) =
  versioning($project, 'check', '-d', $project->{database}, '--disable',
	'name-differs');
is($status, 1, 'check finds it');
like($output,
	qr{^patches/a\.sql:2: .* changed since patch "a" was applied \[file-changed\]$}m,
	'... and says where');
is((versioning($project, 'check', '--disable', 'file-changed,name-differs', '-d',
	$project->{database}))[0], 0, '... unless that is disabled');

# What was applied last counts
($status, $output) = versioning($project, qw(rollback c --cascade));
is($status, 0, 'rolled back');
is(history("event = 'taken back'"),
	join("\n", map { "taken back|$_|rollbacks/$_.sql|"
		  . sha256_hex($files{"rollbacks/$_.sql"}) } qw(d c)),
	'history knows the files of rollbacks');
applies($project, 'a b c d', 'once more');
is(changed(), 'a b', 'a file that was applied again is as it was then');

# What is included counts
{
	my %included = (
		'patches/1.sql' => "SELECT _v.register_patch('1');\n\\ir 1.inc\n",
		'patches/1.inc' => "CREATE TABLE one ();\n\\ir 2.inc\n",
		'patches/2.inc' => "CREATE TABLE two ();\n",
		'patches/2.sql' => "SELECT _v.register_patch('2');\n\\ir 2.txt\n",
		'patches/2.txt' => "CREATE TABLE three ();\r\n");
	my $expected = sha256_hex(join '', map { sha256_hex($included{"patches/$_"})
			  . "\n" } qw(1.sql 1.inc 2.inc));

	$project = project('included', %included);
	applies($project, '1 2', 'files that include others');
	is(history("patch_name = '1'"), "applied|1|patches/1.sql|$expected",
		'history has the digest of all of them');
	is(changed(), '', 'nothing of them has changed');
	add_files($project, 'patches/2.inc' => "CREATE TABLE other ();\n");
	is(changed(), '1', 'what an included file includes has changed');
	add_files($project, 'patches/2.inc' => "CREATE TABLE two ();\r\n",
		map { ("patches/$_" => $included{"patches/$_"} =~ s/\n/\r\n/gr) }
		  qw(1.sql 1.inc));
	is(changed(), '', 'the line ends of all of them have changed');

	# Rows that were written when the file alone counted
	value($project->{database}, "SELECT _v.unregister_patch('1')");
	psql($project->{database}, "SET versioning.source_sha256 = '"
		  . sha256_hex($included{'patches/1.sql'})
		  . "';\nSELECT _v.register_patch('1');");
	is(changed(), '', 'the digest of the file alone is a right one, too');
}
$project = project('known', 'patches/a.sql' => patch('a', '-- one'));
applies($project, 'a', 'a file');
add_files($project, 'patches/a.sql' => patch('a', '-- two'));

# What is not known is not said
value($project->{database}, "SELECT _v.register_patch('e')");
add_files($project, 'patches/e.sql' => patch('e'));
is(changed(), 'a', 'a patch that plain psql has applied');
psql($project->{database}, "SET versioning.source_sha256 = '"
	  . 'F' x 64 . "';\nSELECT _v.register_patch('f');");
add_files($project, 'patches/f.sql' => patch('f'));
is(changed(), 'a f', 'one whose digest psql was told');

my $depesz = project('depesz', 'patches/a.sql' => patch('a'));
value($depesz->{database}, 'DROP EXTENSION versioning CASCADE');
original($depesz->{database}, 'new');
applies($depesz, 'a', 'a register without a history');
($status, $output) = versioning($depesz, 'status');
like($output, qr/^1 applied, 0 pending/m, '... has nothing to compare with');

done_testing();
