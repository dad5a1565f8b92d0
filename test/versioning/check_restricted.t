# What versioning check says of \restrict, which dumps begin with.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Check;
use Test::More;

# Is this found in the script, lines and names?
sub finds
{
	my ($script, $expected, $name, @others) = @_;
	return is(script_findings($script, @others), $expected, $name);
}

my $dump = <<'SQL';
--
-- PostgreSQL database dump
--

\restrict q9GZyLbX0a

-- Dumped from database version 15.14
-- Dumped by pg_dump version 15.14

SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
BEGIN;
REGISTER
COPY public.t (a) FROM stdin;
\\restrict
1
\.
COMMIT;

\unrestrict q9GZyLbX0a

SQL

finds($dump, '', 'nothing: a dump that is a patch');
finds("\\echo\n$dump\\echo done\n", '', 'nothing: commands around it');
finds("$dump\\connect app\n\\restrict a\nSET x.y = 1;\n\\unrestrict a",
	'', 'nothing: two of them');
finds("REGISTER\n\\restrict 'a'\nCREATE TABLE t ();\n\\unrestrict a\n", '',
	'nothing: the key may be quoted');
finds("REGISTER\n\\restrict :key\n\\unrestrict :key\n", '',
	'nothing: a key that is not known');
finds("REGISTER\n\\if :x\n\\restrict a\n\\endif\n\\echo x\n\\unrestrict b\n",
	'', 'nothing: where it depends on an \if');
finds("REGISTER\n\\if false\n\\restrict a\n\\endif\n\\echo x\n",
	'', 'nothing: where it is not run');
finds("REGISTER\nSELECT '\n\\restrict a\n';\n/*\n\\restrict a\n*/\n",
	'', 'nothing: in a string, in a comment');

finds("\\restrict a\nREGISTER\n", '1 restricted', 'no \unrestrict');
finds("\\restrict a\nREGISTER\n-- versioning: disable restricted", '',
	'that can be disabled');
finds("\\restrict a\nREGISTER\n\\echo x\n\\echo y\n\\unrestrict a\n",
	'3 restricted', 'a command between the two: the first of them');
finds("\\restrict a\nREGISTER\n\\unrestrict b\n", '3 restricted',
	'another key');
finds("\\restrict a\n\\restrict a\nREGISTER\n\\unrestrict a\n",
	'2 restricted', 'it twice');
finds("\\restrict\nREGISTER\n", '1 restricted', 'no key');
finds("REGISTER\n\\unrestrict a\n", '2 restricted', 'no \restrict');
finds("REGISTER\n\\i a.psql\n\\echo x\n", '3 restricted',
	'what an included file leaves behind', 'a.psql' => "\\restrict a\n");
finds("REGISTER\n\\ir ../a.psql\n", 'a.psql:2 restricted',
	'the line is that of the included file', 'a.psql' => "\n\\restrict a\n");
is(script_messages("\\restrict a\nREGISTER\n\\echo x\n"),
	'patches/p.sql:3: psql refuses this: only \unrestrict can follow the '
	  . "\\restrict in line 1 [restricted]\n",
	'the message says where it begins');

done_testing();
