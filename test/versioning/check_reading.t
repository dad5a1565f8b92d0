# What versioning check says of scripts that psql or the server would not read as
# they were meant.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Check;
use Test::More;

# What is said of a script, without the path of its file; not that a patch that
# is not understood makes its rollback look superfluous.
sub says
{
	my ($text, @expected) = @_;
	my $name = pop @expected;
	my $messages = script_messages($text);

	$messages =~ s{^rollbacks/.* \[rollback-without-patch\]\n}{}m;
	return is($messages =~ s{^patches/p\.sql:}{}gmr,
		join('', map { "$_\n" } @expected), $name);
}

# Nobody is there

says("REGISTER\n\\$_\n", '2: \\' . s/ .*//r
	  . ' needs somebody who answers, and nobody is there when this is run '
	  . '[interactive]', "\\$_ talks to a person")
  for 'password', 'password joe', 'e', 'edit f.sql 3', 'ef', 'ev v';
says("REGISTER\n\\prompt 'Who?' who\n", '2: \prompt needs somebody who answers, '
	  . 'and nobody is there when this is run: let -v NAME=VALUE set the '
	  . 'variable [interactive]', '\prompt talks to a person');
is(script_findings("REGISTER\n\\if :{?x}\n\\else\n\\prompt x\n\\endif"),
	'4 interactive', 'also where it depends on a variable');
is(script_findings("REGISTER\n\\if false\n\\prompt x\n\\endif"), '',
	'but not where it is left out');
is( script_findings("REGISTER\n\\i lib/ask.sql\n",
		'lib/ask.sql' => "\\prompt x\n"),
	'lib/ask.sql:1 interactive', 'in a file that is included');
is(script_findings("REGISTER\n-- versioning: disable interactive\n\\edit"),
	'', 'it can be disabled');
says("REGISTER\n\\copy t from pstdin\n", "2: this copies from psql's standard "
	  . 'input, and nothing is there when this is run [interactive]',
	'\copy from the input of psql');
says("REGISTER\n\\i -\n", "2: this includes psql's standard input, and nothing "
	  . 'is there when this is run [interactive]', '\i of the input of psql');
is( script_findings(
		"REGISTER\n\\copy t to pstdout\n\\copy (select 1 from pstdin) to x\n"
		  . "\\copy t from 'pstdin'\n\\echo prompt\n\\errverbose\n"),
	'', 'what is no question');

# What psql drops

my $nul = 'there is a NUL in this line, and psql drops the rest of it '
  . '[not-understood]';
says("REGISTER\nSELECT 1;\0 CREATE TABLE lost ();\n", "2: $nul",
	'a NUL');
is( script_messages("REGISTER\n\\i lib/x.sql\n",
		'lib/x.sql' => "\n\nSELECT 1;\0\n"),
	"lib/x.sql:3: $nul\n", 'a NUL in a file that is included');

# What goes on to the end of the script

says("BEGIN;\nREGISTER\nCREATE TABLE t (a text DEFAULT 'x);\nCOMMIT;\n",
	'3: this quote has no end [not-understood]',
	'a quote, not the transaction that is not committed because of it');
says("BEGIN;\nREGISTER\nDO \$f\$ BEGIN END \$\$;\nCOMMIT;\n",
	'3: this dollar quote has no end [not-understood]', 'a dollar quote');
says("BEGIN;\nREGISTER\n/* /* */\nCOMMIT;\n",
	'3: this comment has no end [not-understood]', 'a comment');
says("BEGIN;\nREGISTER\nSELECT (1;\nCOMMIT;\n",
	'3: this parenthesis is never closed [not-understood]', 'a parenthesis');
says("BEGIN;\nREGISTER\nSELECT '(', \"(\"; -- ( '\nSELECT (1)\\g\n\\echo '\n"
	  . "COPY t FROM stdin;\n'(\n\\.\nCOMMIT;\n\\if false\n'\n\\endif\n",
	'none of these');
is( script_findings("BEGIN;\nREGISTER\n\\i lib/x.sql\nCOMMIT;\n",
		'lib/x.sql' => "\nSELECT 'x;\n"),
	'lib/x.sql:2 not-understood', 'a quote in a file that is included');
says("BEGIN\nREGISTER\nCOMMIT;\n", '1: a semicolon is missing after this, so a '
	  . 'registration does not run [not-understood]', 'a missing semicolon');
my $marker = 'this is a conflict marker of git [not-understood]';
says("<<<<<<< HEAD\nREGISTER\n=======\nSELECT 1;\n>>>>>>> other\n", "1: $marker",
	'a merge that is not done hides a registration');
says("REGISTER\n<<<<<<< HEAD\nSELECT 1;\n=======\nSELECT 2;\n>>>>>>> other\n",
	(map { "$_: $marker" } 2, 4, 6), 'one that comes after it');

done_testing();
