# Inputs that are large or deep, in which something may overflow, be read in
# pieces, or not at all.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Program;
use Test::More;

chdir tempdir(CLEANUP => 1) or die "could not enter a new directory: $!";

# Does a file with this content print that?
sub check
{
	my ($what, $sql, $expected, $status) = @_;

	Program::spew('large.sql', $sql);
	my @file = Program::run('large.sql');
	my @pipe = Program::run_with_input('large.sql', '-');
	ok($file[1] eq $expected, $what);
	ok($pipe[1] eq $expected, "$what, through a pipe");
	is($file[0], $status || 0, "$what, exit status");
	return;
}

my $register = "SELECT _v.register_patch('a');\n";
my $filler = "INSERT INTO t VALUES (1, 'it''s some text', \$\$x\$\$); -- ok\n";

foreach my $kilobytes (31, 32, 33, 127, 128, 129, 256, 700)
{
	my $much = $filler x ($kilobytes * 1024 / length $filler);
	my $pad = '-' x ($kilobytes * 1024 - length($much) - 1) . "\n";

	check("at the top of $kilobytes kB", "$register$much$pad", "a a\n");
	check("at the end of $kilobytes kB", "$much$pad$register", "a a\n");
	check("nowhere in $kilobytes kB", "$much$pad", '');
}

# The name on the border of every two pieces that are read or searched
my $border = 128 * 1024;
foreach my $offset (0 .. 40)
{
	my $before = '-' x ($border - 30 + $offset - 1) . "\n";
	my $behind = "\n" . '-' x 200_000;

	check("on a border, at $offset",
		"$before${\ substr $register, 0, -1}$behind", "a a\n");
}

check('in one line',
	(join ' ', ("INSERT INTO t VALUES (1);") x 40_000) . $register, "a a\n");
check('a statement that is longer than was read at first',
	"SELECT _v.register_patch('a'), '" . 'x' x 1_000_000 . "' FROM a;",
	"a a\n");
check('statements behind it that never end',
	"${register}SELECT '" . 'x' x 1_000_000, "a a\n");
check('COPY data', "COPY t FROM stdin;\n" . "it's\n" x 100_000 . "\\.\n$register",
	"a a\n");

my $long = 'n' x 1_000_000;
check('a long name', "SELECT _v.register_patch('$long');", "$long $long\n");
check('many requirements',
	"SELECT _v.register_patch('a', ARRAY["
	  . join(', ', map { "'r$_'" } 1 .. 100_001) . "]);",
	join('', map { "a r$_\n" } 1 .. 100_001));
check('many requirements in a literal',
	"SELECT _v.register_patch('a', '{"
	  . join(',', map { "r$_" } 1 .. 100_001) . "}');",
	join('', map { "a r$_\n" } 1 .. 100_001));

my $deep = 1_000_000;
check('comments in comments',
	'/*' x $deep . ' x ' . '*/' x $deep . $register, "a a\n");
check('parentheses in parentheses',
	'SELECT ' . '(' x $deep . "_v.register_patch('a')" . ')' x $deep . ';',
	"a a\n");
check('parentheses in an argument',
	"SELECT _v.register_patch('a', " . '(' x $deep . ')' x $deep . ');',
	"a a\n", 1);
check('casts after casts',
	"SELECT _v.register_patch('a'" . '::text' x 100_000 . ');', "a a\n");
check('arrays in arrays',
	"SELECT _v.register_patch('a', " . 'ARRAY[' x 100_000 . ']' x 100_000
	  . ');',
	"a a\n", 1);
check('strings after strings',
	"SELECT _v.register_patch('a'" . "\n'b'" x 100_000 . ');',
	'a' . 'b' x 100_000 . ' a' . 'b' x 100_000 . "\n");
check('unicode strings after unicode strings',
	"SELECT " . "U&'b' " x 100_000 . ";$register", "a a\n");
check('conditions in conditions',
	"\\if true\n" x 100_000 . $register . "\\endif\n" x 100_000, "a a\n");
check('an operator of many signs',
	'SELECT 1 ' . '+' x 1_000_000 . " 1;$register", "a a\n");
check('many meta-commands on one line',
	'\x ' x 500_000 . "\n$register", "a a\n");
check('many conditions on one line', '\if ' x 250_000 . "\n$register", '');
check('EXPLAIN in EXPLAIN',
	'EXPLAIN ANALYZE ' x 100_000 . $register, '');

my $blocks = '';
$blocks = "DO \$d$_\$ BEGIN $blocks PERFORM _v.register_patch('a'); END \$d$_\$;"
  foreach 1 .. 20;
check('DO in DO', $blocks, "a a\n" x 20);
Program::spew('large.sql',
	join('', map { "DO \$d$_\$ BEGIN " } 1 .. 2000)
	  . "PERFORM _v.register_patch('a');"
	  . join('', map { " END \$d$_\$;" } reverse 1 .. 2000));
my @got = Program::run('large.sql');
is($got[0], 1, 'too many DO in DO are an error');
like($got[2], qr/^list-dependencies: large\.sql:1: DO blocks are nested too deep$/,
	'too many DO in DO are said');

done_testing();
