# What is seen of a run while it goes on: on a terminal a line a patch that
# tells how time goes by, elsewhere plain lines; less with -q, more with
# --verbose.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Cwd qw(getcwd);
use Holder;
use Scratch qw(value);
use Test::More;

my $program = $ENV{VERSIONING} // 'versioning';
my $time = qr/\d+ ms|\d+\.\d s/;
my @patches = (
	'patches/1.sql' => patch('first', "SELECT 'said by first';"),
	'patches/2.sql' =>
	  patch('second', "DO \$\$BEGIN RAISE NOTICE 'note of second'; "
	  . "END\$\$;\nSELECT pg_sleep(1.1);", 'first'),
	'patches/3.sql' => patch('third', '', 'second'),
	map { ("rollbacks/$_.sql" => rollback_file($_)) } qw(first second third));

my $project = project('progress', @patches);

# Takes back what is applied.
sub start_again
{
	my ($status, $output) = versioning($project, 'rollback', '--last', 9);
	return $output;
}

# Elsewhere than on a terminal: plain lines, one a patch, when it has ended
my ($status, $output, $errors) = versioning($project, 'apply');
is($status, 0, 'plain: exit status');
like($output,
	qr/\A\[1\/3\] first  $time\n\[2\/3\] second  \d+\.\d s\n\[3\/3\] third  $time\n3 patches applied in $time\.\n\z/,
	'plain: a line a patch, and one for all');
like($errors, qr{\Apsql:patches/2\.sql:\d+: NOTICE:  note of second\n\z},
	q(plain: psql's messages));
like(start_again(),
	qr/\A\[1\/3\] third  $time\n\[2\/3\] second  $time\n\[3\/3\] first  $time\n3 patches taken back in $time\.\n\z/,
	'plain: a rollback');

# -q and --verbose
is_deeply([ versioning($project, 'apply', '-q') ], [ 0, '', '' ],
	'-q: nothing is said');
is_deeply([ versioning($project, 'apply', '-q') ], [ 0, '', '' ],
	'-q: nor that there is nothing to do');
is_deeply([ versioning($project, 'rollback', '-q', '--last', 3) ],
	[ 0, '', '' ], '-q: nor of a rollback');

($status, $output) = versioning($project, 'apply', '--verbose');
is($status, 0, '--verbose: exit status');
like($output,
	qr/^ said by first\n\(1 row\)\n.*^\[1\/3\] first  $time$/ms,
	'--verbose: what psql prints stands before the line of the patch');
unlike($output, qr/second.*said by first/s, '--verbose: and not behind it');
start_again();

# -q, and a patch fails: its messages are told, those of others are not.
add_files($project, 'patches/3.sql' =>
	  patch('third', "DO \$\$BEGIN RAISE NOTICE 'note of third'; END\$\$;\n"
		. 'SELECT 1/0;', 'second'));
($status, $output, $errors) = versioning($project, 'apply', '-q');
is($status, 3, '-q and a failure: exit status');
is($output, '', '-q and a failure: output');
like($errors,
	qr/\Apsql:.*NOTICE:  note of third\npsql:.*ERROR:  division by zero\n/,
	'-q and a failure: messages of the patch');
like($errors, qr/^versioning: 2 applied, 1 failed, 0 not attempted$/m,
	'-q and a failure: how far it has come');
($status, $output) = versioning($project, 'apply');
like($output, qr/\A\[1\/1\] third  $time  failed\n\z/,
	'plain: the line of a patch that fails');
start_again();
add_files($project, 'patches/3.sql' => patch('third', '', 'second'));

# Numbers are as wide as the last one.
my $many = project('progress_many',
	map { ("patches/$_.sql" => patch("p$_")) } 10 .. 20);
(undef, $output) = versioning($many, 'apply', '--dry-run');
like($output, qr/\A\[ 1\/11\] p10  .*^\[10\/11\] p19  /ms,
	'numbers stand below each other in a plan');
(undef, $output) = versioning($many, 'apply');
like($output, qr/\A\[ 1\/11\] p10  .*^\[10\/11\] p19  .*^\[11\/11\] p20  /ms,
	'numbers stand below each other');
(undef, $output) = versioning($many, 'rehearse');
like($output, qr/^\[ 1\/11\] p10: .*^\[10\/11\] p19: /ms,
	'in a rehearsal, too');

# Runs on a terminal of so many columns. Returns the exit status and what was
# written, to standard output and to standard error, as it is.
sub on_terminal
{
	my ($columns, $terminal, @arguments) = @_;
	my $written = '';
	my $back = getcwd();

	local @ENV{qw(PGDATABASE TERM)} = ($project->{database}, $terminal);
	chdir $project->{directory};
	my $run = IPC::Run::start(
		[
			'sh', '-c', 'stty cols "$1" && shift && exec "$@"', 'sh',
			$columns, $program, @arguments
		],
		'<pty<', \'', '>pty>', \$written);
	chdir $back;
	$run->finish;
	return ($run->result(0), $written);
}

# What stands on the screen in the end, of lines that were written anew.
sub screen
{
	my ($written) = @_;
	my @lines = split /\r?\n/, $written;

	for (@lines)
	{
		# From the left margin again, over what stands there, up to where the
		# rest is erased
		my $line = '';
		for my $part (split /\r/)
		{
			my $is_erased = $part =~ s/^(.*)\e\[K/$1/;
			$line = $part . ($is_erased || length $line <= length $part ? '' :
				  substr $line, length $part);
		}
		$_ = $line;
	}
	return join '', map { "$_\n" } @lines;
}

SKIP:
{
	skip 'there is no pseudo-terminal here', 20
	  unless eval { require IO::Pty; IO::Pty->new };

	($status, $output) = on_terminal(80, 'xterm', 'apply');
	is($status, 0, 'terminal: exit status');
	like($output, qr/\[1\/3\] first(?!\r\n).*\r\e\[K\[1\/3\] first  /s,
		'terminal: the line is there while the patch runs');
	like($output, qr/\r\[2\/3\] second  \d+ s/,
		'terminal: it tells how time goes by');
	like(screen($output),
		qr{\A\[1/3\] first  $time\npsql:.*NOTICE:  note of second\n\[2/3\] second  \d+\.\d s\n\[3/3\] third  $time\n3 patches applied in $time\.\n\z},
		'terminal: what stands there in the end');
	start_again();

	($status, $output) = on_terminal(80, 'dumb', 'apply');
	unlike($output, qr/\e|\r(?!\n)/, 'a dumb terminal: plain lines');
	start_again();

	($status, $output) = on_terminal(80, 'xterm', 'rehearse', 'second');
	is($status, 0, 'a rehearsal on a terminal: exit status');
	like($output, qr/\r\[2\/2\] second: $_  \d+ s/,
		"a rehearsal on a terminal: $_")
	  for 'applying it', 'applying it again';
	is(screen($output), "[1/2] first: applied\n[2/2] second: ok\n"
		. "1 rehearsed: 1 ok\n", 'what stands there in the end');

	my $long = project('progress_long', 'patches/1.sql' =>
		  patch('long' . "\xC3\xA9" x 20, 'SELECT pg_sleep(1.1);'));
	($status, $output) = on_terminal(26, 'xterm', 'apply', '-d',
		$long->{database}, '--patches', "$long->{directory}/patches");
	my ($shown) = $output =~ /\r(\[1\/1\] long[^\r]*  \d+ s)/;
	like($shown, qr/\A\[1\/1\] long(\xC3\xA9)+\.\.\.  \d+ s\z/,
		'a line that is too long is shortened, but not within a character');
	cmp_ok(length $shown // '', '<', 26, 'so that it does not take two');
	like($output, qr/\[1\/1\] long(\xC3\xA9){20}  \d+\.\d s\r\n/,
		'all of it is there in the end');

	($status, $output) = on_terminal(80, 'xterm', 'apply', '-q');
	is($output, '', '-q on a terminal: nothing is said');
	start_again();

	($status, $output) = on_terminal(80, 'xterm', 'apply', '--verbose');
	like(screen($output), qr/^ said by first\n.*^\[1\/3\] first  $time$/ms,
		'--verbose on a terminal: what psql prints has lines of its own');
	start_again();

	# For whom a patch waits
	value($project->{database}, 'CREATE TABLE held ()');
	add_files($project,
		'patches/4.sql' => patch('fourth', 'LOCK TABLE held;'));
	my $holder = start_holder($project->{database},
		'BEGIN; LOCK TABLE held; SELECT pg_backend_pid();');
	my ($pid) = $holder->{output} =~ /(\d+)/;
	for my $way ([], ['--psql'])
	{
		($status, $output) = on_terminal(150, 'xterm', 'apply', 'fourth',
			'--retry-for', '2s', @$way);
		is($status, 3, "waiting on a terminal @$way: it gives up");
		like($output,
			qr/\r\[1\/1\] fourth  waiting for public\.held: $pid postgres the holder, idle in transaction for (?:\d+ ms|\d+\.\d s) \(ctrl-c ends\)\e\[K/,
			"waiting on a terminal @$way: the line says for whom");
		unlike($output, qr/^versioning: waiting for/m,
			"waiting on a terminal @$way: that is not said twice");
	}
	finish_holder($holder);
}

# Patches are counted, not files.
$project = project('progress_two',
	'patches/1.sql' => patch('one', "SELECT _v.register_patch('two');"),
	'patches/2.sql' => patch('three',
		"SELECT _v.register_patch('four');\nSELECT 1/0;", 'two'),
	'patches/3.sql' => patch('five', '', 'four'));
(undef, $output) = versioning($project, 'apply', 'one');
like($output, qr/^\[1\/1\] one, two  .*\n2 patches applied in /, 'two in a file');
(undef, undef, $errors) = versioning($project, 'apply');
like($errors, qr/^versioning: 0 applied, 2 failed, 1 not attempted$/m,
	'two that have failed');

done_testing();
