# What comment lines tell versioning, and what versioning check says of them.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Check;
use Test::More;

# In a script that does what cannot be done in a transaction, the directive
# decides whether there is a finding.
sub obeys
{
	my ($text, $name) = @_;
	return is(script_findings("$text\nREGISTER\nVACUUM t;"), '', $name);
}

sub ignores
{
	my ($text, $name) = @_;
	my $lines = 2 + $text =~ tr/\n//;

	return is(script_findings("$text\nREGISTER\nVACUUM t;"),
		$lines + 1 . ' inside-transaction', $name);
}

obeys('-- versioning: no-transaction', 'a comment line');
obeys(" \t-- versioning: no-transaction", 'that is indented');
obeys('--VERSIONING:No-Transaction', 'without blanks, in another case');
obeys('--  versioning :   no-transaction  ', 'with more blanks');
obeys("\r\n-- versioning: no-transaction\r", 'with windows line ends');
obeys("SELECT _v.assert_user_is_superuser()\n-- versioning: no-transaction\n;",
	'inside of a statement');
obeys("\\if true\n-- versioning: no-transaction\n\\endif", 'in a true \if');
is( script_findings(
		"REGISTER\nCOPY t FROM stdin;\n\\.\n"
		  . "-- versioning: no-transaction\nVACUUM t;"),
	'5 several-statements', 'behind COPY data');
is( script_findings(
		"REGISTER\nVACUUM t;\n\\i lib/x.sql\n",
		'lib/x.sql' => '-- versioning: no-transaction'),
	'', 'in a file that is included');
is(script_findings("REGISTER\nVACUUM t;\n-- versioning: no-transaction"), '',
	'at the end, without a newline');

ignores("/*\n-- versioning: no-transaction\n*/", 'not in a block comment');
ignores("SET x.y = '\n-- versioning: no-transaction\n';", 'not in a string');
ignores("SET x.y = \$\$\n-- versioning: no-transaction\n\$\$;",
	'not in a dollar quote');
ignores("SET x.\"\n-- versioning: no-transaction\n\" = 1;",
	'not in an identifier');
ignores("\\if false\n-- versioning: no-transaction\n\\endif",
	'not in a false \if');
ignores("\\echo\n\\echo -- versioning: no-transaction",
	'not behind a meta-command');
ignores('-- this is about versioning: no-transaction', 'not in prose');
ignores('-- migration: no-transaction', 'not with another word');
is( script_findings(<<'SQL'),
REGISTER
COPY t FROM stdin;
-- versioning: no-transaction
\.
VACUUM t;
\q
-- versioning: no-transaction
SQL
	'5 inside-transaction',
	'not in COPY data, nor behind \q');

# What looks like a directive and is none

sub complains
{
	my ($text, $message, $name) = @_;

	return is(script_messages("REGISTER\n$text\n"),
		"patches/p.sql:2: $message [unknown-directive]\n", $name);
}

my $misplaced = 'this is no directive, as it does not have a line of its own: '
  . 'put it on a line of its own, after "--"';
complains('-- versioning: no-transactoin',
	'unknown directive "no-transactoin": did you mean "no-transaction"?',
	'a typing error');
complains('-- versioning: no_transaction',
	'unknown directive "no_transaction": did you mean "no-transaction"?',
	'the wrong dash');
complains('-- versioning no-transaction',
	'a colon is missing after "versioning"', 'no colon');
complains("-- $_", '"versionning" should be "versioning"',
	"a typing error before it: $_")
  for 'versionning: no-transaction', 'versionning: disable no-rollback';
complains('SELECT 1; -- versionning: no-transaction', $misplaced,
	'the same at the end of a line');
complains('-- versioning: no-transaction, please',
	'nothing may follow "no-transaction"', 'more than there should be');
complains("-- versioning: $_ a transaction",
	qq(unknown directive "$_": did you mean "no-transaction"?),
	"meant to be one: $_ a transaction")
  for qw(no without);
for my $name (qw(lock-timeout retry-for))
{
	my $form = 'a whole number with a unit, such as "500ms", "2s" or '
	  . '"10min", up to 24 days';

	is(script_messages("-- versioning: $name $_\nREGISTER"), '',
		"a time: $name $_")
	  for '0', '1500ms', '5s', '10 min', '2h', '1d';
	complains("-- versioning: $name $_",
		qq("$name" takes $form, not "$_"), "no time: $name $_")
	  for '5', '5 seconds', 'soon', '1.5s', '5s or so',
		'25d';
	complains("-- versioning: $name", qq("$name" takes $form, not ""),
		"no time at all: $name");
	is( script_messages("REGISTER\n-- versioning: no-transaction\n"
			  . "-- versioning: $name 5s\nVACUUM;"),
		'patches/p.sql:3: this means nothing here: the file is not run in one '
		  . "transaction, so it is not tried again [unknown-directive]\n",
		"$name without a transaction");
	is( script_messages("-- versioning: $name 5s\n-- versioning: $name 6s\n"
			  . 'REGISTER'),
		qq(patches/p.sql:2: "$name" has another value in line 1 )
		  . "[unknown-directive]\n",
		"$name twice");
	complains("-- versioning $name 5s",
		'a colon is missing after "versioning"', "$name without a colon");
	complains("SELECT 1; -- versioning: $name 5s", $misplaced,
		"$name after something else");
}
complains('-- versioning: lock_timeout 5s',
	'unknown directive "lock_timeout": did you mean "lock-timeout"?',
	'a typing error in a limit');
complains('-- versioning: concurrently', 'unknown directive "concurrently"',
	'a single word');
complains($_, $misplaced, "not on a line of its own: $_")
  for 'SET x.y = 1; -- versioning: no-transaction',
  'SET x.y = 1; -- versioning: no-transactoin',
  'SET x.y = 1; --Versioning: disable no-rollback',
  '/* versioning: no-transaction */ SET x.y = 1;',
  "/*\n * Versioning: disable no-rollback\n */";
is( script_findings("REGISTER /* versioning */ -- versioning: adds a table\n"
		  . "/* Versioning: 1.0 */ SELECT 1; /**/ SELECT 2 /*/**/*/; -- x\n"),
	'', 'nothing: prose after a statement or in a block comment');
complains('-- versioning: disable',
	'"disable" must be followed by names of findings', 'no name');
complains('-- versioning: disable no-rolback',
	'unknown finding "no-rolback": did you mean "no-rollback"?',
	'a name that is none');
complains('-- versioning: disable no-rollback as it cannot be undone',
	'unknown finding "as"', 'a reason: the first word of it');
is(script_findings("-- versioning is a fine thing\nREGISTER"), '',
	'prose is not complained about');

# What was written before there were directives

for my $prose ('patch 12, adds users', 'adds a transaction log',
	'1.0', '2015-03-04', '(c) by us', "\e[31m")
{
	my ($status, $output) =
	  check({ 'patches/p.sql' =>
			  "-- Versioning: $prose\nSELECT _v.register_patch('p');\n",
			'rollbacks/p.sql' => "SELECT _v.unregister_patch('p');\n" });

	is($status, 0, "no problem is prose: $prose");
	like($output, qr{^patches/p\.sql:1: info: "[^"]+" is no directive, so this is taken for an ordinary comment \[unclear-comment\]\n},
		'but it is told of');
}
is(script_messages("-- Versioning:\n--   a patch\nREGISTER"), '',
	'nothing to be understood is no problem, either');
is( script_findings("-- Versioning:\n--   a patch\nREGISTER"),
	'1 unclear-comment', 'but it is told of');
is( script_findings("-- Versioning: a patch\n"
		  . "-- versioning: disable unclear-comment\nREGISTER"),
	'', 'that can be disabled');
is( script_findings("\nREGISTER\n\\ir ../lib/x.sql",
		'lib/x.sql' => "\n-- versioning: x\n"),
	'lib/x.sql:2 unknown-directive',
	'a file that is included is complained about itself');

# Disabling findings

my $script = "REGISTER\nVACUUM;\n\\i gone.sql\n";
is(script_findings($script), '2 inside-transaction 3 missing-include',
	'without a directive');
is(script_findings("$script-- versioning: disable inside-transaction"),
	'3 missing-include', 'a finding that is disabled in its file');
is(script_findings(
		"$script--versioning:DISABLE missing-include ,Inside-Transaction"),
	'', 'two of them');
is(script_findings(
		"$script-- versioning: disable inside-transaction\n"
		  . '-- versioning: disable missing-include'),
	'', 'on lines of their own');
is(script_findings("-- versioning: disable name-differs, no-rollback\n"
		  . "SELECT _v.register_patch('other');",
		'rollbacks/p.sql' => "SELECT _v.unregister_patch('p');"),
	'rollbacks/p.sql:1 rollback-without-patch',
	'nothing of it holds for other files');
is( script_findings("REGISTER\n\\i lib/x.sql\nVACUUM;",
		'lib/x.sql' => "VACUUM;\n-- versioning: disable inside-transaction"),
	'3 inside-transaction',
	'what an included file disables, it disables for itself');
is( script_findings(
		"-- versioning: disable inside-transaction\nREGISTER\n\\i lib/x.sql",
		'lib/x.sql' => 'VACUUM;'),
	'', 'what a file disables is so for what it includes');

done_testing();
