# What can be asked for, how, and what the exit status says.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Program;
use Test::More;

chdir tempdir(CLEANUP => 1) or die "could not enter a new directory: $!";

Program::spew('a.sql', "SELECT _v.register_patch('a');\n");
Program::spew('b.sql', "SELECT _v.register_patch('b', ARRAY['a']);\n");
Program::spew('bad.sql', "SELECT _v.register_patch(:name);\n");
Program::spew('-c.sql', "SELECT _v.register_patch('c');\n");
Program::spew('none.sql', "SELECT 1;\n");
mkdir 'directory' or die "could not make a directory: $!";

# Run with arguments and check all that can be seen.
sub check
{
	my ($what, $arguments, $status, $out, $err) = @_;
	my @got = Program::run(@$arguments);

	subtest $what => sub {
		is($got[0], $status, 'exit status');
		is($got[1], $out, 'output') if !ref $out;
		like($got[1], $out, 'output') if ref $out;
		is($got[2], $err, 'error output') if !ref $err;
		like($got[2], $err, 'error output') if ref $err;
	};
	return;
}

my $usage = qr/^Try "list-dependencies --help" for more information\.$/m;

check('help', [$_], 0, qr/^Usage: list-dependencies .*--order/s, '')
  foreach qw(-h --help --he);
check('version', [$_], 0, qr/^list-dependencies \(Versioning\) \d\S*\n\z/, '')
  foreach qw(-V --version);
check('no file', [], 2, '', $usage);
check('no file but an option', ['--order'], 2, '', $usage);
check('unknown option', [ '--sort', 'a.sql' ], 2, '',
	qr/^list-dependencies: .*--sort.*\n$usage/);
check('unknown letter', [ '-x', 'a.sql' ], 2, '',
	qr/^list-dependencies: .*x.*\n$usage/);
check('an argument too much', [ '--order=yes', 'a.sql' ], 2, '', $usage);
check('NULs need --order', [ '-0', 'a.sql' ], 2, '', $usage);

check('files in the order given',
	[ 'b.sql', 'a.sql' ], 0, "b a\na a\n", '');
check('one file twice', [ 'a.sql', 'a.sql' ], 0, "a a\na a\n",
	"list-dependencies: a.sql:1: warning: patch \"a\" is registered by a.sql:1 too\n"
);
check('file name like an option',
	[ '--', '-c.sql', 'a.sql' ], 0, "c c\na a\n", '');
check('option behind files',
	[ 'b.sql', 'a.sql', '--order' ], 0, "a.sql\nb.sql\n", '');
check('abbreviated option', [ '--ord', 'a.sql' ], 0, "a.sql\n", '');
check('file names with NUL behind',
	[ '-0o', 'b.sql', 'a.sql' ], 0, "a.sql\0b.sql\0", '');
check('a file without registration says nothing', ['none.sql'], 0, '', '');

check('not understood', [ 'bad.sql', 'a.sql' ], 1, "a a\n",
	"list-dependencies: bad.sql:1: _v.register_patch: in_patch_name is not a plain constant: found \":name\"\n"
);
check('missing file', [ 'bad.sql', 'missing.sql', 'a.sql' ], 2, "a a\n",
	qr/^list-dependencies: missing\.sql: could not read: No such file/m);
check('directory', [ 'directory', 'a.sql' ], 2, "a a\n",
	qr/^list-dependencies: directory: could not read: Is a directory$/m);

my @got = Program::run_with_input('b.sql', 'a.sql', '-');
is_deeply(\@got, [ 0, "a a\nb a\n", '' ], 'standard input by the name of -');
@got = Program::run_with_input('b.sql', '/dev/stdin');
is_deeply(\@got, [ 0, "b a\n", '' ], 'standard input by the name of /dev/stdin');
@got = Program::run_with_input('b.sql', '--order', '-', 'a.sql');
is_deeply(\@got, [ 0, "a.sql\n-\n", '' ], 'standard input in an order');
@got = Program::run_with_input('bad.sql', '-');
like($got[2], qr/^list-dependencies: \(standard input\):1: /,
	'standard input in a message');

my $command = Program::shell_command();
system "mkfifo fifo && (cat a.sql >fifo &)";
check('named pipe', ['fifo'], 0, "a a\n", '');

is(`$command FIRST.sql SECOND.sql third.sql fourth.sql 2>&1 >/dev/null | wc -l`
	  =~ s/\s//gr,
	4, 'each file that cannot be read is said');

# Output that goes nowhere
SKIP:
{
	skip 'there is no /dev/full', 1 if !-e '/dev/full';
	my $said = `$command a.sql 2>&1 >/dev/full; echo \$?`;
	is( $said,
		"list-dependencies: could not write to standard output: No space left on device\n2\n",
		'full device');
}
is(`$command a.sql 2>&1 >&-; echo \$?` =~ s/: Bad.*//r,
	"list-dependencies: could not write to standard output\n2\n",
	'closed output');
is( `{ $command --order a.sql 3>&1 1>&2 2>&3; echo \$?; } 2>/dev/full`
	  =~ s/: No space.*//r,
	"list-dependencies: could not write to standard output\n2\n",
	'full device, with --order') if -e '/dev/full';
is(`{ (sleep 1; $command --help 2>&3; echo \$? >&3) | true; } 3>&1`
	  =~ s/: Broken.*//r,
	"list-dependencies: could not write to standard output\n2\n",
	'closed pipe');

# Together with tsort
SKIP:
{
	skip 'there is no tsort or tac', 1
	  if system "tsort </dev/null >/dev/null 2>&1 && tac </dev/null";
	Program::spew('FIRST.sql', "SELECT _v.register_patch( 'first', NULL, NULL );\n");
	Program::spew('fourth.sql', "SELECT _v.register_patch( 'fourth', ARRAY[ 'second', 'first' ], NULL );\n");
	Program::spew('SECOND.sql', "SELECT _v.register_patch( 'second', ARRAY[ 'third' ], NULL );\n");
	Program::spew('third.sql', "SELECT _v.register_patch( 'third', ARRAY[ 'first' ], NULL );\n");
	is( `$command FIRST.sql fourth.sql SECOND.sql third.sql | tsort | tac`,
		"first\nthird\nsecond\nfourth\n",
		'sorted by tsort');
}

done_testing();
