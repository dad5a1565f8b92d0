# What versioning check says of files that scripts include.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Check;
use Test::More;

# They count for the transactions of a script.

is( script_findings(
		"\\ir ../lib/begin.sql\nREGISTER\n\\i lib/work.psql\nCOMMIT;\n",
		'lib/begin.sql' => "\\ir settings\n",
		'lib/settings' => "SET lock_timeout = 1;\nBEGIN;\n",
		'lib/work.psql' => "CREATE TABLE t ();\n"),
	'', 'nothing: a transaction in files that are included');
is( script_findings(
		"BEGIN;\nREGISTER\n\\i lib/work.sql\nCOMMIT;\n",
		'lib/work.sql' => "\n\nVACUUM;\nCOMMIT;\nDROP TABLE t;\n"),
	'lib/work.sql:3 inside-transaction lib/work.sql:5 outside-transaction',
	'what is wrong in a file that is included is told of there');
is( findings(
		{
			(map {
				("patches/$_.sql",
				 "SELECT _v.register_patch('$_');\n\\i lib/work.sql\n",
				 "rollbacks/$_.sql", "SELECT _v.unregister_patch('$_');\n")
			} qw(a b c)),
			'lib/work.sql' => "VACUUM;\n"
		}),
	"lib/work.sql:1 inside-transaction\n",
	'and once, if several include it');
is( script_findings(
		"BEGIN;\nREGISTER\n\\if :x\n\\i undo.sql\n\\else\nCOMMIT;\n\\endif\n",
		'undo.sql' => "ROLLBACK;\n"),
	'', 'nothing: a file that may be included rolls back');
is( script_findings("REGISTER\n\\cd lib\n\\i work.sql\n",
		'lib/work.sql' => "VACUUM;\n"),
	'lib/work.sql:1 inside-transaction', '\i looks where \cd has led');
is( script_findings("REGISTER\n\\cd ~lib\n\\i work.sql\n",
		'~lib/work.sql' => "VACUUM;\n"),
	'~lib/work.sql:1 inside-transaction', '\cd takes a tilde as it is');
is( findings(
		{
			'~p/p.sql' =>
			  "SELECT _v.register_patch('p');\n\\ir work.psql\n",
			'~p/work.psql' => "VACUUM;\n",
			'rollbacks/p.sql' => "SELECT _v.unregister_patch('p');\n"
		},
		'--patches', './~p'),
	"~p/work.psql:1 inside-transaction\n",
	'a directory whose name begins with a tilde');
is( script_findings("REGISTER\n\\ir ../~work.sql\n",
		'~work.sql' => "VACUUM;\n"),
	'~work.sql:1 inside-transaction',
	'a tilde that \ir brings to the front is part of a name');
{
	local $ENV{HOME} = '/gone';
	is( script_findings("REGISTER\n\\ir ~/work.sql\n\\i ~nobody/work.sql\n"),
		'2 missing-include',
		'a tilde that was written first stands for our home; others pass');
}
is( script_findings("REGISTER\n\\i 'lib/it''s.sql';\n\\i :file\n\\i `a`\n",
		"lib/it's.sql" => "VACUUM;\n"),
	"lib/it's.sql:1 inside-transaction",
	'the name may be quoted; one that is not known is passed over');
is(script_findings("REGISTER\n\\i lib/gone.sql\n\\ir gone.sql\n"),
	'2 missing-include 3 missing-include', 'a file that is not there');
is( script_findings("REGISTER\n\\if false\n\\i gone.sql\n\\endif\n"
		  . "-- \\i gone.sql\nSELECT '\n\\i gone.sql\n';\n"
		  . "\\i :directory/gone.sql\n\\echo \\\\i gone.sql\n"),
	'', 'nothing: where it is not included, or its name is not known');
is(script_findings("REGISTER\n\\i lib\n", 'lib/x' => ''),
	'2 missing-include', 'a directory');
is(script_findings("REGISTER\n\\i /dev/stdin\n\\i /dev/zero"), '',
	'nothing: what is no regular file is not read');
is(script_findings("REGISTER\n\\ir p.sql\n\\include p.sql\n"),
	'2 missing-include 3 missing-include', 'a file that includes itself');
like(script_messages("REGISTER\n\\ir p.sql\n"), qr/": it includes itself \[/,
	'... which is what is said of it');
is( findings(
		{
			'patches/a.sql' => "\\ir gone.sql\n",
			'patches/b.sql' => "\r\n\\include_relative 'gone.sql'\r\n",
			'patches/c.sql' => "\\ir d.sql\n",
			'patches/d.sql' => "\\ir c.sql\n",
			'rollbacks/a.sql' => "\\i gone.sql\n"
		}),
	join('', map { "$_ missing-include\n" } qw(patches/a.sql:1 patches/b.sql:2
	  patches/c.sql:1 patches/d.sql:1 rollbacks/a.sql:1)),
	'the same in files that register nothing, and take nothing back');
is( script_findings("REGISTER\n\\cd patches/lib\n\\i ../part.sql\n",
		'patches/part.sql' => "\\i x.sql\n",
		'patches/lib/x.sql' => "SELECT 1;\n"),
	'', 'nothing: what is found where the file is included');

done_testing();
