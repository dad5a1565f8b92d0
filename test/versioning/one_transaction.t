# A file that has no BEGIN of its own is run in one transaction, or not at all:
# what would end that before all is done is refused before anything runs.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(value);
use Test::More;

my $register = "SELECT _v.register_patch('one');\nCREATE TABLE made ();\n";
my $number = 0;

# A project with that text as its patch, and a file to include.
sub with_text
{
	my ($text, $included) = @_;
	return project('one_transaction' . $number++,
		'patches/1.sql' => $text, 'patches/end.inc' => $included // '');
}

# Is the table there that the patch makes?
sub is_made
{
	my ($project) = @_;
	return value($project->{database}, "SELECT to_regclass('made')") eq 'made';
}

# Passes if the patch is refused because of that line.
sub is_refused
{
	my ($line, $text, $test, @included) = @_;
	my $project = with_text($text, @included);
	my ($status, $output, $errors) = versioning($project, 'apply');

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($status, 1, "$test: exit status") || diag $errors;
	like($errors, qr{^versioning: patches/1\.sql:$line: the file has no BEGIN},
		"$test: message");
	like($errors, qr/^versioning: error: nothing was run$/m,
		"$test: nothing was run");
	ok(!is_made($project), "$test: nothing is there");
	return;
}

is_refused(4, $register . "$_;\nCREATE TABLE more ();\n", "work after $_")
  foreach ('COMMIT', 'END', 'ABORT', 'ROLLBACK',
	"PREPARE TRANSACTION 'p'");
is_refused(4, $register . "\\ir end.inc\nSELECT 1/0;\n",
	'work after COMMIT in an included file', 'COMMIT;');
is_refused(3, $register . "\\ir end.inc\n",
	'COMMIT and work in an included file', "COMMIT;\nCREATE TABLE more ();");
is_refused(6, $register . "\\if :{?x}\nCOMMIT;\n\\endif\nSELECT 1/0;\n",
	'work after what may be a COMMIT');
is_refused(3, $register . "COMMIT AND CHAIN;\nCREATE TABLE more ();\n",
	'a second transaction');
is_refused(2, "\\connect\n$register", 'a connection anew');

# These are one transaction, and nothing of it is kept if there is an error.
my %whole = (
	'COMMIT at the end' => "COMMIT;\n",
	'COMMIT at the end of an included file' => "\\ir end.inc\n",
	'COMMIT in a branch that is not taken' => "\\if :{?x}\nCOMMIT;\n\\endif\n",
	'settings after COMMIT' => "COMMIT;\nRESET ROLE;\n",
	'nothing' => '');
for my $test (sort keys %whole)
{
	my $project = with_text($register . "SELECT 1/0;\n" . $whole{$test},
		"COMMIT;\n");

	refuses($project, '', [qr/^versioning: detail: Nothing of it was kept/m],
		"$test, with an error");
	ok(!is_made($project), "$test, with an error: nothing is there");
	add_files($project, 'patches/1.sql' => $register . $whole{$test});
	applies($project, 'one', $test);
}

# So is a BEGIN in a branch of an \if, whether it is taken or not.
my $branch = "\\if :{?x}\nBEGIN;\n\\endif\n%s\\if :{?x}\nCOMMIT;\n\\endif\n";
for my $way ([], [ '-v', 'x=1' ])
{
	my $project = with_text(sprintf $branch, $register . "SELECT 1/0;\n");

	refuses($project, '', [qr/^versioning: detail: Nothing of it was kept/m],
		"BEGIN in a branch, @$way, with an error", @$way);
	ok(!is_made($project), "BEGIN in a branch, @$way: nothing is there");
	add_files($project, 'patches/1.sql' => sprintf $branch, $register);
	applies($project, 'one', "BEGIN in a branch, @$way", @$way);
}

# The same of AUTOCOMMIT
{
	my $project = with_text("\\if :{?x}\n\\set AUTOCOMMIT off\n\\endif\n"
		  . $register . "SELECT 1/0;\n");

	refuses($project, '', [qr/^versioning: detail: Nothing of it was kept/m],
		'AUTOCOMMIT off in a branch, with an error');
	ok(!is_made($project), 'AUTOCOMMIT off in a branch: nothing is there');
}

# What ends the transaction in a way that cannot be seen is found afterwards.
my %unseen = (
	'a variable' => ":x;\n",
	'an included file with a variable in its name' => "\\ir :file\n",
	'\gexec' => "SELECT :'x' \\gexec\n");
for my $test (sort keys %unseen)
{
	my $project = with_text("$register$unseen{$test}CREATE TABLE more ();\n",
		"COMMIT;\n");

	refuses($project, 'one',
		[ qr/^versioning: error: patch "one" has ended the transaction that /m,
			qr/is registered, .* but maybe not all of it is there/ ],
		"COMMIT in $test", qw(--quiet -v x=COMMIT -v file=end.inc));
}
refuses(with_text("$register:x;\nCREATE TABLE more ();\n"), '',
	[ qr/"one" has ended the transaction that/, qr/not show in the register/ ],
	'ROLLBACK in a variable', '-v', 'x=ROLLBACK');
# If it fails after that, it is not known what was kept of what came before.
for my $test (sort keys %unseen)
{
	my $project = with_text("CREATE TABLE made ();\n$unseen{$test}"
		  . "SELECT 1/0;\n$register", "COMMIT;\n");

	refuses($project, '',
		[ qr/Its registration was not kept\.  It is not known whether something else was: line 2 may have ended the transaction/,
			qr/^versioning: hint: Check what was left behind/m ],
		"an error after COMMIT in $test", qw(-v x=COMMIT -v file=end.inc));
	ok(is_made($project), "an error after COMMIT in $test: some of it is there");
}

refuses(with_text("\\set ON_ERROR_STOP off\n$register:x;\n"), '',
	[ qr/"one" has gone on after an error/ ],
	'an error in it', '-v', 'x=SELECT 1/0');
applies(with_text("$register\\if :{?x}\nCOMMIT;\n\\endif\n"), 'one',
	'COMMIT in a branch that is taken, at the end', '-v', 'x=1');

# Who says that it runs without a transaction may do so.
applies(with_text("-- versioning: no-transaction\n$register"
		  . "COMMIT;\nCREATE TABLE more ();\n"),
	'one', 'no-transaction');

done_testing();
