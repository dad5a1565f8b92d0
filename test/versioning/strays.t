# Files among the patches that register nothing: what looks as if it should is not
# left out without a word.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Test::More;

# Files beside those of a project, under patches/: passes if nothing is run, and
# this is said of them, by check, status and apply.
sub stops
{
	my ($project, $test, $message, %files) = @_;
	my ($status, $output, $errors);

	add_files($project, map { ("patches/$_" => $files{$_}) } keys %files);
	($status, undef, $errors) = versioning($project, 'apply', '-q');
	is($status, 1, "$test: apply fails");
	is($errors, "versioning: patches/$message"
		  . ($message =~ /\?$/ ? ' If' : '; if')
		  . ' this is not meant to be a patch, say so: '
		  . qq{"-- versioning: disable no-registration"\n}
		  . "versioning: error: nothing was run\n", '... and says why');
	is((versioning($project, 'status', '--exit-code'))[0],
		1, '... so does status');
	($status, $output) = versioning($project, 'check', '-q');
	is($status, 1, '... so does check');
	like($output, qr/^patches\/\Q$message\E \[no-registration\]$/m,
		'... which says the same');
	add_files($project, map { ("patches/$_" => "-- versioning: disable "
			. "no-registration\n$files{$_}") } keys %files);
	is((versioning($project, 'check', '-q'))[1], '',
		'... unless a comment says that it is none');
	is((versioning($project, 'apply', '-q', '--dry-run'))[2], '',
		'... to apply as well');
	unlink map { "$project->{directory}/patches/$_" } keys %files;
	return;
}

# The same, but it is fine, or there is no more than a warning.
sub goes_on
{
	my ($project, $test, $message, %files) = @_;
	my ($status, $output, $errors);

	add_files($project, %files);
	($status, undef, $errors) = versioning($project, 'apply', '--dry-run');
	is($status, 0, "$test: apply goes on");
	is($errors, $message eq '' ? '' : "versioning: $message\n",
		$message eq '' ? '... without a word' : '... with a warning');
	unlink map { "$project->{directory}/$_" } keys %files;
	return;
}

my $project = project('strays',
	'patches/a.sql' => patch('a'),
	'rollbacks/a.sql' => rollback_file('a'));

stops($project, 'a misspelt function', 'b.sql:2: this calls _v.regsiter_patch: '
	  . 'did you mean _v.register_patch?',
	'b.sql' => "BEGIN;\nSELECT _v.regsiter_patch('b');\nCOMMIT;\n");
stops($project, 'the same in a DO block', 'b.sql:2: this calls '
	  . '_v.try_registerpatch: did you mean _v.try_register_patch?',
	'b.sql' => "DO \$\$ BEGIN\nIF _v.try_registerpatch('b') THEN END IF;\n"
	  . "END \$\$;\n");
stops($project, 'no schema', 'b.sql:2: register_patch is called without its '
	  . 'schema, so it is not read: write _v.register_patch',
	'b.sql' => "SET search_path = _v;\nSELECT register_patch('b');\n");
stops($project, 'another schema', 'b.sql:1: this calls "V".register_patch: '
	  . 'did you mean _v.register_patch?',
	'b.sql' => qq{SELECT "V".register_patch('b');\n});
stops($project, 'what includes a file, and is misspelt',
	'b.sql:2: this calls _v.registr_patch: did you mean _v.register_patch?',
	'b.sql' => "\\ir a.sql\nSELECT _v.registr_patch('b');\n");
stops($project, 'prose', 'b.sql:2: this is not SQL: found "To"',
	'b.sql' => "\n" . "To be done by next week.\n");
stops($project, 'another language', 'b.sql:1: this is not SQL: found "<"',
	'b.sql' => "<html></html>\n");
stops($project, 'a quote without an end', 'b.sql:1: this quote has no end',
	'b.sql' => "CREATE TABLE b (a text DEFAULT 'x);\n");

add_files($project, 'patches/users.sql' => "\\ir reg/users.sql\n",
	'patches/reg/user.sql' => patch('users'));
my $missing = 'patches/users.sql:1: could not include "patches/reg/users.sql"';
for my $command ([ 'apply', '-q' ], [ 'apply', '-n' ], ['rehearse'],
	[ 'status', '-q' ])
{
	my ($status, undef, $errors) = versioning($project, @$command);

	is($status, 1, "what cannot be included may register a patch: @$command");
	like($errors, qr/^versioning: \Q$missing\E: No such file/m,
		'... and says so');
}
unlink map { "$project->{directory}/patches/$_" } qw(users.sql reg/user.sql);

my $nothing = 'this registers no patch, nor does it take one back';
goes_on($project, 'SQL that registers nothing',
	"patches/b.sql: warning: $nothing",
	'patches/b.sql' => "DROP TABLE IF EXISTS a;\nINSERT INTO a VALUES (1);\n");
goes_on($project, 'data', "patches/b.sql: warning: $nothing",
	'patches/b.sql' => "COPY t FROM stdin;\nTo be done\n\\.\n");
goes_on($project, 'a comment', "patches/b.sql: warning: $nothing",
	'patches/b.sql' => "-- SELECT _v.regsiter_patch('b');\n");
goes_on($project, 'the definition of the functions',
	"patches/b.sql: warning: $nothing",
	'patches/b.sql' => "CREATE FUNCTION _v.registr_patch(text) RETURNS text\n"
	  . "LANGUAGE sql AS 'SELECT register_patch(\$1)';\n");
goes_on($project, 'a part of a patch', '',
	'patches/b.sql' => "\\ir parts/b1.sql\n" . patch('b'),
	'patches/parts/b1.sql' => "SET search_path = _v;\n\\ir b2.sql\n",
	'patches/parts/b2.sql' => "Not SQL; SELECT register_patch('b');\n");
goes_on($project, 'a part of a rollback', '',
	'rollbacks/b.sql' => "\\i patches/b.sql\n" . rollback_file('b'),
	'patches/b.sql' => 'DROP TABLE b;');
goes_on($project, 'a list of files', '',
	'patches/all.sql' => "\\ir a.sql\n");
goes_on($project, 'what is disabled', '',
	'patches/b.sql' => "-- versioning: disable missing-include\n\\ir x.sql\n");
add_files($project, 'rollbacks/b.sql' => "\\ir gone.sql\n");
like((versioning($project, 'rehearse'))[2],
	qr{^versioning: rollbacks/b\.sql:1: warning: could not include "},
	'a rollback without what it includes is warned of');
unlink "$project->{directory}/rollbacks/b.sql";
goes_on($project, 'what is not needed', '',
	'rollbacks/b.sql' => "SELECT _v.regsiter_patch('b');\nNo SQL\n");

is((versioning($project, 'apply'))[0], 0, 'the patch is applied');
add_files($project, 'patches/b.sql' => "SELECT _v.regsiter_patch('b');\n");
is((versioning($project, 'rollback', '-n', 'a'))[0], 0,
	'to take it back, others need not be understood');
unlink "$project->{directory}/patches/b.sql";
is((versioning($project, 'apply'))[1],
	"Nothing to apply: 1 applied, none is pending.\n", 'nothing is left');
is((versioning($project, 'apply', 'a'))[1],
	"Nothing to apply: 1 applied, none of the patches asked for is pending.\n",
	'... nor of what is asked for');

SKIP:
{
	skip 'root reads everything', 2 if $> == 0;
	add_files($project, 'patches/b.sql' => patch('b'));
	chmod 0, "$project->{directory}/patches/b.sql";
	my ($status, undef, $errors) = versioning($project, 'apply', '-q');
	is($status, 1, 'a file that cannot be read');
	like($errors, qr{^versioning: patches/b\.sql: could not read: Permission}m,
		'... is told of');
}

done_testing();
