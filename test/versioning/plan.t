# What apply and rollback would run, in which order, and what they refuse before
# anything runs: all that is wrong is told at once.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(value);
use Test::More;

# Runs a command with --dry-run; returns what is planned, a word each step.
sub plan_of
{
	my ($project, @arguments) = @_;
	my ($status, $output, $errors) =
	  versioning($project, @arguments, '--dry-run');

	return "status $status: $errors" if $status || $errors ne '';
	return join ' ', $output =~ /^\[\d+\/\d+\] (.*?)  \S+$/mg;
}

# Passes if the command exits with 1, says what each of the patterns matches,
# and has run nothing.
sub is_refused
{
	my ($project, $test, $patterns, @arguments) = @_;
	my $before = registered($project);
	my ($status, $output, $errors) = versioning($project, @arguments);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($status, 1, "$test: exit status");
	like($errors, $_, "$test: message") for @$patterns;
	like($errors, qr/nothing was run$/m, "$test: that nothing was run");
	is(registered($project), $before, "$test: nothing was run");
	return;
}

# Names have nothing to do with the names of the files.
my $project = project('plan',
	'patches/1.sql' => patch('roof', '', 'walls'),
	'patches/2.sql' => patch('walls', '', 'ground'),
	'patches/3.sql' => patch('ground'),
	'patches/4.sql' => patch('garden', '', 'ground'),
	'patches/deeper/5.sql' => patch('pond', '', 'garden'),
	'patches/deeper/.hidden.sql' => patch('hidden'),
	'patches/README' => 'not a script',
	'rollbacks/a.sql' => rollback_file('roof'),
	'rollbacks/b.sql' => rollback_file('walls'),
	'rollbacks/c.sql' => rollback_file('ground'),
	'rollbacks/d.sql' => rollback_file('garden'),
	'patches/down/5.sql' => rollback_file('pond'));

is(plan_of($project, 'apply'), 'ground walls roof garden pond',
	'apply: all, each behind what it requires');
is(plan_of($project, 'apply', 'pond'), 'ground garden pond',
	'apply: a patch and all that it requires');
is(plan_of($project, 'apply', 'pond', 'walls', 'pond'),
	'ground walls garden pond', 'apply: two, one of them twice');
is_refused($project, 'no such patch',
	[ qr/no file registers a patch "pnod"; did you mean "pond"\?/,
		qr/no file registers a patch "cellar-with-a-light"$/m ],
	'apply', 'pnod', 'cellar-with-a-light');
is_refused($project, 'a second directory',
	[qr/no file registers a patch "rollbacks"; there is a directory of that name: --patches/],
	'apply', '--patches', 'patches', 'rollbacks');
is_refused($project, 'taking back what is not applied',
	[qr/patch "roof" is not applied, so it cannot be taken back$/m],
	'rollback', 'roof');

value($project->{database}, "SELECT _v.register_patch('$_->[0]', $_->[1])")
  foreach ([ 'ground', 'NULL' ], [ 'garden', "ARRAY['ground']" ],
	[ 'walls', "ARRAY['ground']" ], [ 'roof', "ARRAY['walls']" ],
	[ 'pond', "ARRAY['garden']" ]);
my ($status, $output, $errors) = versioning($project, 'apply');
is($status, 0, 'nothing to apply: exit status');
like($output, qr/^Nothing to apply: 5 applied/, 'nothing to apply: message');
is((versioning($project, 'apply', '-q'))[1], '', 'and nothing with -q');

is(plan_of($project, 'rollback', 'ground', '--cascade'),
	'pond roof walls garden ground',
	'rollback --cascade: dependents first, the last applied before others');
is(plan_of($project, 'rollback', 'walls', 'roof'), 'roof walls',
	'rollback: in the right order, however they are named');
is(plan_of($project, 'rollback', 'rollbacks/a.sql', 'patches/deeper/5.sql'),
	'pond roof', 'rollback: named by their files');
is(plan_of($project, 'rollback', '--last', 2), 'pond roof',
	'rollback --last 2');
is(plan_of($project, 'rollback', '--last', 99),
	'pond roof walls garden ground', 'rollback --last of more than there are');
is_refused($project, 'taking back what others require',
	[ qr/patch "ground" is required by "walls": .*--cascade/,
		qr/patch "garden" is required by "pond": / ],
	'rollback', 'ground', 'garden');
is_refused($project, 'all that require it are named',
	[qr/patch "ground" is required by "garden", "walls": /],
	'rollback', 'ground');
is_refused($project, 'no such patch to take back',
	[qr/there is no patch "graden"; did you mean "garden"\?/],
	'rollback', 'graden');

# A rollback file that takes several back, one that is missing
value($project->{database}, "SELECT _v.register_patch('fence');
	SELECT _v.register_patch('gate', ARRAY['fence']);
	SELECT _v.register_patch('lamp')");
add_files($project, 'rollbacks/fence.sql' =>
	  "BEGIN; SELECT _v.unregister_patch('gate');"
	  . "SELECT _v.unregister_patch('fence'); COMMIT;");
is(plan_of($project, 'rollback', 'gate', 'fence'), 'gate, fence',
	'a file that takes several back is one step');
is_refused($project, 'a file that takes more back than is asked for',
	[qr/^versioning: rollbacks\/fence\.sql:1: this takes "fence" back, too/m],
	'rollback', 'gate');
is(plan_of($project, 'rollback', 'gate', '--cascade'), 'gate, fence',
	'unless --cascade says so');
is_refused($project, 'no rollback file',
	[qr/patch "lamp" has no rollback file/], 'rollback', 'lamp');
add_files($project, 'rollbacks/rollback-lamp.sql' => 'DROP TABLE lamp;');
is_refused($project, 'a rollback file that takes nothing back',
	[ qr{^versioning: rollbacks/rollback-lamp\.sql: this does not take patch "lamp" back: let it call _v\.unregister_patch$}m ],
	'rollback', 'lamp');
add_files($project, 'rollbacks/rollback-lamp.sql' =>
	  "SELECT _v.unregister_patch(:x);\n");
is_refused($project, 'a rollback file whose patch is not known',
	[ qr{^versioning: rollbacks/rollback-lamp\.sql:1: this does not take patch "lamp" back, as far as can be known: _v\.unregister_patch: in_patch_name is not a plain constant}m ],
	'rollback', 'lamp');
rename "$project->{directory}/rollbacks/rollback-lamp.sql",
  "$project->{directory}/rollbacks/clamp.sql";
is_refused($project, 'a file whose name only contains that of the patch',
	[qr/^versioning: patch "lamp" has no rollback file$/m],
	'rollback', 'lamp');
unlink "$project->{directory}/rollbacks/clamp.sql";

# All that is wrong at once
my $broken = project('broken',
	'patches/a1.sql' => patch('a'),
	'patches/a2.sql' => patch('a'),
	'patches/b.sql' => patch('b', '', 'c'),
	'patches/c.sql' => patch('c', '', 'd'),
	'patches/d.sql' => patch('d', '', 'b'),
	'patches/e.sql' => patch('e', '', 'missing-thing'),
	'patches/f.sql' => "SELECT _v.register_patch('f', NULL, ARRAY['g']);",
	'patches/g.sql' => patch('g'),
	'patches/h.sql' => "SELECT _v.register_patch('h', NULL, ARRAY['there']);",
	'patches/i.sql' => patch('i'),
	'patches/j.sql' => "SELECT _v.register_patch('name' || 1);",
	'patches/k.sql' => patch('k') . patch('there'),
	'patches/l.sql' => "-- versioning: no-transactions\n" . patch('l'),
	'patches/m.sql' => patch('misssing-thing'));
value($broken->{database},
	"SELECT _v.register_patch('there', NULL, ARRAY['i'])");
is_refused($broken, 'all problems',
	[
		qr{^versioning: patches/a2\.sql:2: patch "a" is registered by patches/a1\.sql:2, too$}m,
		qr{^versioning: patches/[bcd]\.sql:2: .*require each other: .*}m,
		qr{^versioning: patches/e\.sql:2: patch "e" requires "missing-thing", .*; did you mean "misssing-thing"\?$}m,
		qr{^versioning: patches/f\.sql:1: patch "f" conflicts with "g", which is pending, too \(patches/g\.sql\)$}m,
		qr{^versioning: patches/h\.sql:1: patch "h" conflicts with "there", which is applied$}m,
		qr{^versioning: patches/i\.sql:2: patch "i" cannot be applied: "there", which is applied, conflicts with it$}m,
		qr{^versioning: patches/j\.sql:1: }m,
		qr{^versioning: patches/k\.sql:2: patch "k" cannot be applied: its file registers "there", too, which is applied$}m,
		qr{^versioning: patches/l\.sql:1: .*no-transactions}m
	],
	'apply');
add_files($broken,
	'patches/g.sql' => "SELECT _v.register_patch('g', NULL, ARRAY['f']);",
	'patches/i.sql' => "SELECT _v.register_patch('i', NULL, ARRAY['there']);");
$errors = (versioning($broken, 'apply'))[2];
is(() = $errors =~ /"(?:f|g|i)".*conflicts? with/g, 2,
	'a conflict that both declare is told of once') || diag($errors);
is_refused($broken, '--dry-run tells the same',
	[qr/patch "a" is registered by/], 'apply', '--dry-run');

# What is probably meant is another patch than the one that requires it
my $numbered = project('numbered',
	'patches/2.sql' => patch('step-2', '', 'step-1'),
	'patches/b.sql' => patch('b', '', 'a'));
is_refused($numbered, 'no patch means itself',
	[ qr{patch "step-2" requires "step-1", which is neither .* by a file$}m,
		qr{patch "b" requires "a", which is neither .* by a file$}m ],
	'apply');

# Files that cannot be read
my $unread = project('unread', 'patches/a.sql' => patch('a'));
symlink 'nowhere', "$unread->{directory}/patches/b.sql";
system 'mkfifo', "$unread->{directory}/patches/c.sql";
is_refused($unread, 'a link to nowhere, and a pipe',
	[ qr{could not find "patches/b\.sql": No such file},
		qr{"patches/c\.sql" is not a regular file} ],
	'apply');
unlink map { "$unread->{directory}/patches/$_.sql" } qw(b c);

# A directory that is not searched
symlink '.', "$unread->{directory}/patches/loop";
is((versioning($unread, 'apply', '--dry-run'))[2],
	qq{versioning: warning: "patches/loop" is a symbolic link to a directory: }
	  . "what is in there is left out\n", 'a link to a directory');
unlike((versioning($unread, 'check'))[1], qr/symbolic|loop/,
	'... which is no finding of check');
unlink "$unread->{directory}/patches/loop";

# Files that would be left out although they may well be patches
add_files($unread,
	'patches/quote.sql' => "SELECT _v.register_patch('quote);\n",
	'patches/string.sql' =>
	  "DO \$\$BEGIN EXECUTE 'SELECT _v.register_patch(''s'')'; END\$\$;\n");
is_refused($unread, 'registrations that cannot be read',
	[ qr{^versioning: patches/quote\.sql:1: this quote has no end}m,
		qr{^versioning: patches/string\.sql:1: a registration in a string}m ],
	'apply');

# What is not needed does not stop anything
my $drop = "WITH x AS (SELECT patch_name FROM _v.patches)\n"
  . "SELECT _v.unregister_patch(x.patch_name) FROM x;\n";
my $dropped = project('dropped',
	'patches/a.sql' => patch('a'),
	'patches/drop.sql' => $drop,
	'rollbacks/a.sql' => rollback_file('a'),
	'rollbacks/drop.sql' => $drop);
my $unclear = '_v.unregister_patch: in_patch_name is not a plain constant: found "x"';

is(plan_of($dropped, 'apply'), 'a',
	'apply: whatever other files may take back');
is((versioning($dropped, 'check'))[1],
	join('', map { "$_/drop.sql:2: info: $unclear [unclear-rollback]\n" }
		  'patches', 'rollbacks')
	  . "1 patch file, 1 rollback file: 0 problems, 2 remarks\n",
	'... which check says');
add_files($dropped, 'rollbacks/bad.sql' =>
		"SELECT _v.register_patch(:x), _v.unregister_patch('a');\n");
is(plan_of($dropped, 'apply'), 'a',
	'apply: a rollback that is not understood');
unlink "$dropped->{directory}/rollbacks/bad.sql";
applies($dropped, 'a', 'the patch is applied');
is((versioning($dropped, 'rollback', 'a', '--dry-run'))[0], 0,
	'rollback: whatever other files may take back');
add_files($dropped, 'patches/bad.sql' => "SELECT _v.register_patch(:x);\n");
is((versioning($dropped, 'rollback', 'a', '--dry-run'))[0], 0,
	'rollback: a patch that is not understood');
unlink "$dropped->{directory}/rollbacks/a.sql";
is_refused($dropped, 'rollback: what may be missing',
	[ qr{patch "a" has no rollback file},
		qr{rollbacks/drop\.sql:2: warning: \Q$unclear} ],
	'rollback', 'a');
add_files($dropped, map { ("$_/drop.sql" =>
		  "-- versioning: disable unclear-rollback\n$drop") }
	  qw(patches rollbacks));
unlike((versioning($dropped, 'rollback', 'a', '--dry-run'))[2],
	qr/warning/, 'rollback: nothing is said of what is disabled');

done_testing();
