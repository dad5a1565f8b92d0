# What versioning check says of files and names.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Check;
use Test::More;

sub register
{
	my ($name, $requirements, $conflicts) = @_;
	my @arrays = map { 'ARRAY[' . join(', ', map { "'$_'" } @$_) . ']::text[]' }
	  $requirements // [], $conflicts // [];

	return "SELECT _v.register_patch('$name', $arrays[0], $arrays[1]);\n";
}

sub unregister
{
	my ($name) = @_;
	return "SELECT _v.unregister_patch('$name');\n";
}

# The files of patches, given by what register() takes, with their rollbacks.
sub patches
{
	return {
		map {
			("patches/$_->[0].sql" => register(@$_),
			 "rollbacks/$_->[0].sql" => unregister($_->[0]))
		} @_
	};
}

my ($status, $output, $errors) =
  check(patches([ 'a', [] ], [ 'b', ['a'] ], [ 'c', ['a', 'b'], ['x'] ]));
is($status, 0, 'nothing is wrong with a good project');
is($output, "3 patch files, 3 rollback files: 0 problems\n",
	'and it says how much it has looked at');
is($errors, '', 'no message');

($status, $output) = check(patches(['a']), '--quiet');
is($output, '', 'nothing is printed with --quiet');

($status, $output) = check({ 'patches/a.sql' => register('a') });
is($status, 1, 'a problem is told by the exit status');
is($output, <<'END', 'and a message with file and line');
patches/a.sql:1: no rollback takes patch "a" back [no-rollback]
1 patch file, 0 rollback files: 1 problem
END
is( (check({ map { ("patches/$_.sql" => register($_)) } qw(a b c) }))[1],
	<<'END', 'a project without rollbacks is one problem');
no rollback takes any of the 3 patches back [no-rollback]
3 patch files, 0 rollback files: 1 problem
END
is( findings(
		{
			(map { ("patches/$_.sql" => register($_)) } qw(a b c)),
			'rollbacks/a.sql' => unregister('a')
		}),
	"patches/b.sql:1 no-rollback\npatches/c.sql:1 no-rollback\n",
	'one that has some has a problem for each that is missing');
is( findings(
		{
			'patches/a.sql' => register('a'),
			map {
				("patches/$_.sql" =>
				   "-- versioning: disable no-rollback\n" . register($_))
			} qw(b c)
		}),
	"patches/a.sql:1 no-rollback\n", 'those that need none do not count');
is((check({}))[1], "0 patch files, 0 rollback files: 0 problems\n",
	'no files at all');

# Names

($status, $output) =
  check({ %{ patches(['a']) }, 'patches/001.sql' => register('first'),
	'rollbacks/x.sql' => unregister('first') });
is($status, 0, 'information is no problem');
is($output, <<'END', 'a name that is not that of its file');
patches/001.sql:1: info: the name of patch "first" is not that of its file [name-differs]
2 patch files, 2 rollback files: 0 problems, 1 remark
END
is((check({ 'patches/001.sql' => register('a'),
	'rollbacks/a.sql' => unregister('a') }, '-q'))[1], '',
	'information is not for --quiet');
is(findings({ 'patches/two.sql' => "BEGIN;\n" . register('one') . "COMMIT;\n"
		  . "BEGIN;\n" . register('two') . "COMMIT;\n",
		'rollbacks/all.sql' => unregister('two') . unregister('one') }),
	'', 'one of several names is that of the file');

is(findings({ %{ patches(['a']) }, 'patches/b/a.sql' => register('a') }),
	"patches/b/a.sql:1 duplicate-name\n", 'two files that register a patch');
is(findings({ %{ patches(['a']) }, 'patches/a.sql' => register('a') x 2 }),
	"patches/a.sql:2 duplicate-name\n", 'a file that registers it twice');
is(findings({ %{ patches(['a']) }, 'rollbacks/b/a.sql' => unregister('a') }),
	"rollbacks/b/a.sql:1 duplicate-name\n", 'two files that take it back');

for my $pair (
	[ 'a b/c', 'a_b_c' ], [ '-q', '_q' ], [ 'x.sql', 'x.sql' ],
	[ 'x.sql', 'x' ], [ 'shop/users', 'users' ])
{
	my ($name, $file) = @$pair;

	is( findings({ "patches/$file.sql" => register($name),
				'rollbacks/a.sql' => unregister($name) }),
		'', "nothing: $file.sql is a file of patch $name");
}
is( findings({ 'patches/a.sql' => register('b/a b'),
			'rollbacks/a.sql' => unregister('b/a b') }),
	"patches/a.sql:1 name-differs\n", 'a.sql is none of patch b/a b');

is(findings(patches(['a'], ['A'])), '', 'nothing: names differ in case');
is( findings({ %{ patches(['a']) },
		'patches/undo-a.sql' => unregister('a') =~ s/'a'/'A'/r,
		'patches/A.sql' => register('A') }),
	'', 'nothing: a rollback among the patches');

# What is missing

is(findings({ %{ patches(['a']) }, 'patches/x.sql' => "SELECT 1;\n" }),
	"patches/x.sql no-registration\n", 'a file without a registration');
is(findings({ %{ patches(['a']) }, 'rollbacks/x.sql' => "DROP TABLE a;\n" }),
	"rollbacks/x.sql no-registration\n", 'the same among the rollbacks');
is((check({ %{ patches(['a']) }, 'rollbacks/x.sql' =>
		"SELECT 1;\nSELECT _v.register_patch('x');\n" }, '-q'))[1],
	'rollbacks/x.sql:2: this registers patch "x", but is among the rollbacks '
	  . "[no-registration]\n", 'one that belongs among the patches');
is(findings({ %{ patches(['a']) }, 'patches/x.sql' => '' }),
	"patches/x.sql no-registration\n", 'an empty file');
is(findings({ %{ patches(['a']) },
		'patches/a.sql' => register('a') . "\\ir lib/x.sql\n",
		'patches/lib/x.sql' => "SELECT 1;\n\\ir y.sql\n",
		'patches/lib/y.sql' => "SELECT 1;\n" }),
	'', 'nothing: a file that a patch includes needs no registration');
is(findings({ %{ patches(['a']) },
		'patches/x.sql' => "-- versioning: disable no-registration\n" }),
	'', 'nothing: nor does one that says so');
is(findings({ %{ patches(['a']) }, 'rollbacks/b.sql' => unregister('b') }),
	"rollbacks/b.sql:1 rollback-without-patch\n", 'a rollback for no patch');

# Requirements

is( findings(patches([ 'users' ], [ 'orders', [ 'usres', 'elsewhere' ] ])),
	"patches/orders.sql:1 unknown-requirement\n" x 2,
	'requirements that no file registers');
my (undef, $messages) =
  check(patches([ 'users' ], [ 'orders', [ 'usres', 'elsewhere' ] ]), '-q');
is($messages, <<'END', 'the nearest name is proposed, if there is one');
patches/orders.sql:1: patch "orders" requires "usres", which no file registers; did you mean "users"? [unknown-requirement]
patches/orders.sql:1: patch "orders" requires "elsewhere", which no file registers [unknown-requirement]
END
my $many = (check(patches([ 'users' ],
			map { [ "p$_", [ map { "user$_" } 1 .. 60 ] ] } 1 .. 3)))[1];
is(() = $many =~ /unknown-requirement/g, 180, 'each is told of');
is(() = $many =~ /did you mean "users"\?/g, 100,
	'but not for all of many is a name proposed');
is(findings(patches([ 'a', ['b'] ], [ 'b', ['a'] ], [ 'c', ['a'] ])),
	"patches/a.sql:1 cycle\n",
	'patches that require each other, not what requires them');
is(findings(patches([ 'a', ['a'] ])), "patches/a.sql:1 cycle\n",
	'a patch that requires itself');

is( findings(patches(
			[ 'a' ], [ 'b', ['a'] ], [ 'c', ['a'] ], [ 'd', [ 'b', 'c', 'b' ] ])),
	'', 'nothing: two ways to the same patch');
is( findings({
		%{ patches([ 'b', ['c'] ]) },
		'patches/a.sql' => register('a')
		  . "DO \$\$ BEGIN PERFORM _v.try_register_patch('c'); END \$\$;",
		'rollbacks/a.sql' => unregister('c') . unregister('a')
	}),
	'', 'nothing: a requirement that is the second patch of a file');

# Conflicts

is(findings(patches([ 'a' ], [ 'b', [], ['a'] ])), '',
	'nothing: two patches of which one can be applied');
is(findings(patches([ 'a' ], [ 'b', ['a'], ['a'] ], [ 'c', ['b'] ])),
	"patches/b.sql:1 impossible-patch\n",
	'a patch that conflicts with what it requires; not those behind it');
is( findings(
		patches([ 'a', [], ['c'] ], [ 'b', ['a'] ], [ 'c', ['b'], ['a'] ])),
	"patches/c.sql:1 impossible-patch\n",
	'the same over several patches, once if both say so');
is( findings(
		patches(
			[ 'a', [], ['b'] ], [ 'b', [], ['a'] ], [ 'c', ['a'] ],
			[ 'd', [ 'b', 'c' ] ], [ 'e', ['d'] ])),
	"patches/d.sql:1 impossible-patch\n",
	'a patch that requires two that are in conflict');
is(findings(patches([ 'a', [], ['a'] ])), '',
	'nothing: a conflict with itself');
is( findings(
		patches(
			[ 'old' ],
			(map { [ "new$_", [], ['old'] ] } 100 .. 299),
			(map { [ "user$_", [ 'old', "new$_" ] ] } 100 .. 299))),
	join('', map { "patches/user$_.sql:1 impossible-patch\n" } 100 .. 299),
	'two hundred conflicts, one after the other');

unlike((check(patches([ 'users', ['user'] ])))[1], qr/did you mean/,
	'a patch is not what was meant by the name that it requires');

# Files that are not understood

is( findings({
		%{ patches(['a']) },
		'patches/a.sql' => "\n\n" . register('a') . "\\set x 1\n"
		  . "SELECT _v.register_patch(:'x');\n"
	}),
	"patches/a.sql:5 not-understood\n", 'a name that is computed');
is( findings({
		%{ patches(['a']) },
		'patches/x.sql' => "SELECT _v.register_patch('x' || now());\n"
	}),
	"patches/x.sql:1 not-understood\n",
	'a file in which nothing is understood is not said to register nothing');
is( findings({
		%{ patches(['a']) },
		'patches/a.sql' => register('a') . <<'SQL'
CREATE FUNCTION f(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM _v.register_patch(name);
END
$$;
-- SELECT _v.register_patch(:'x');
\if false
SELECT _v.register_patch(:'x');
\endif
COPY t FROM stdin;
SELECT _v.register_patch(:'x');
\.
SQL
	}),
	'', 'nothing: a name that is computed where it does not run');
is(findings({ %{ patches(['a']) }, 'patches/.x.sql' => "PGDMP...",
		'patches/x.dump' => "PGDMP..." }),
	'', 'nothing: a hidden file, or one that is no .sql');
is(findings({ %{ patches(['a']) }, 'patches/x.sql' => "PGDMP..." }),
	"patches/x.sql unreadable\n", 'a dump in custom format');
(undef, $output) = check({}, '-q', '--patches', 'nowhere');
like($output, qr/\A[^\n]*"?nowhere"?[^\n]* \[unreadable\]\n\z/,
	'a place that is not there');

# Text of files stays on one line and cannot reach the terminal.

(undef, $output) =
  check({ "patches/x\e[1m.sql" => "SELECT _v.register_patch(E'a\\n\e[31m\xC2\x9B1m');" },
	'-q', '--disable', 'name-differs');
is($output, <<'END', 'control characters are shown as such');
patches/x\x1B[1m.sql:1: no rollback takes patch "a\n\x1B[31m\xC2\x9B1m" back [no-rollback]
END
for my $form (qw(text github))
{
	(undef, $output) = check({ 'patches/x.sql' =>
			  "SELECT _v.register_patch('\xE2\x80\xAEa\xE2\x81\xA6\xE2\x80\x8F\xE2\x82\xAC');" },
		'-q', '--disable', 'name-differs', '--format', $form);
	like($output, qr/"\\xE2\\x80\\xAEa\\xE2\\x81\\xA6\\xE2\\x80\\x8F\xE2\x82\xAC"/,
		"$form: so is what turns the direction of a text");
}

# A file may have more in its name than that of its patch.

is( findings({ 'patches/a.install.sql' => register('a'),
		'rollbacks/a.rollback.sql' => unregister('a') }),
	'', 'a.install.sql registers a');
is( findings({ 'patches/ab.sql' => register('a'),
		'rollbacks/a.sql' => unregister('a') }),
	"patches/ab.sql:1 name-differs\n", 'ab.sql does not');

# Disabling findings

my $bad = { 'patches/x.sql' => register('a', ['nothing']) };
is( findings($bad), <<'END', 'all findings of a file');
patches/x.sql:1 no-rollback
patches/x.sql:1 name-differs
patches/x.sql:1 unknown-requirement
END
is(findings($bad, '--disable', 'no-rollback', '--disable=name-differs'),
	"patches/x.sql:1 unknown-requirement\n", '--disable, several times');
is((check($bad, map { ('--disable', $_) }
	  qw(no-rollback unknown-requirement)))[0], 0,
	'what is disabled does not count');
is( findings($bad, '--disable', 'No-Rollback, unknown-requirement,name-differs'),
	'', 'several of them in one option, in any case');
($status, undef, $errors) = check($bad, '--disable', 'cycle,');
is($status, 2, 'an empty name is a usage error');
($status, undef, $errors) = check($bad, '--disable', 'no-rolback');
is($status, 2, 'an unknown name is a usage error');
like($errors, qr/"no-rolback"; there are: unreadable, .*, no-rollback, /,
	'that lists those that there are');

done_testing();
