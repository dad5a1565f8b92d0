# The part of the benchmark that measures the programs. See run.

use strict;
use warnings;

use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

our ($here, $tmp);

# After so many milliseconds a program is not run once more.
my $patience = 5_000;

sub measure_programs
{
	chdir $tmp or die "cannot change to $tmp: $!\n";
	print_head('programs', 'ms');
	measure_files(10_000);
	measure_dump($_->[0], make_dump(@$_[ 1, 2 ]))
	  for [ 'a dump of 100 MB, one registration at its top', 1, "\n" ],
	  [ 'a dump of 100 MB, no registration', 0, "\n" ],
	  [ 'one line of 100 MB, one registration at its top', 1, ' ' ],
	  [ 'one line of 100 MB, no registration', 0, ' ' ];
	measure_sorting(1_000);
	return;
}

# Makes a directory of patches of 1 to 4 KB, each of which requires another one,
# and returns the names of the files.
sub make_files
{
	my ($directory, $count) = @_;
	my @files = map { sprintf '%05d.sql', $_ } 1 .. $count;

	mkdir "$tmp/$directory" or die "cannot make a directory: $!\n";
	for my $i (1 .. $count)
	{
		my $requires = $i > 1 ? "ARRAY['" . patch(int $i / 2) . "']" : 'NULL';
		my $size = 1_000 + int rand 3_000;
		my $text = "BEGIN;\nSELECT _v.register_patch('" . patch($i)
		  . "', $requires, NULL);\n\nCREATE TABLE table_$i (\n"
		  . "    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
		  . "    name text NOT NULL,\n    price numeric(10, 2)\n);\n";

		$text .= "INSERT INTO table_$i (name, price) VALUES ('no. "
		  . int(rand 1e6) . "', " . int(rand 1e4) . ");\n"
		  while length $text < $size - 8;
		write_file("$directory/$files[$i - 1]", $text . "COMMIT;\n");
	}
	return @files;
}

# Makes a script of 100 MB, whose statements end as told.
sub make_dump
{
	my ($registers, $end) = @_;
	my $top = $registers
	  ? "SELECT _v.register_patch('dump', ARRAY['patch-1'], NULL);$end"
	  : "SET client_encoding = 'UTF8';$end";
	my $rows = join '', map {
		"INSERT INTO items (id, name, price) VALUES ($_, 'no. "
		  . int(rand 1e6) . "', " . int(rand 1e4) . ");$end"
	} 1 .. 15_000;

	open my $file, '>', "$tmp/dump.sql" or die "cannot write a dump: $!\n";
	print $file $top;
	print $file $rows for 1 .. 100_000_000 / length $rows;
	close $file or die "cannot write a dump: $!\n";
	return 'dump.sql';
}

sub measure_files
{
	my ($count) = @_;
	my @files = make_files('many', $count);
	my @some = @files[ 0 .. 99 ];
	my %times;

	chdir "$tmp/many" or die "cannot change to $tmp/many: $!\n";
	run('sh', '-c', "test \$(list-dependencies *.sql | wc -l) -eq $count");
	%times = time_programs(
		15,
		original => [ "$here/original-list-dependencies", @some ],
		cat => [ 'cat', @files ],
		grep => [ 'grep', '-c', 'register_patch', @files ],
		ours => [ 'list-dependencies', @files ]);
	chdir $tmp;

	$times{original} *= @files / @some;
	print_subject(sprintf 'list-dependencies, %d files of 1 to 4 KB '
		  . '(the original: %d files, times %d)',
		scalar @files, scalar @some, @files / @some);
	print_comparison('grep -c', 1.2, @times{qw(grep ours original)});
	print_comparison('cat', undef, @times{qw(cat ours original)});
	return;
}

sub measure_dump
{
	my ($subject, $file) = @_;
	my %times = time_programs(
		9,
		original => [ "$here/original-list-dependencies", $file ],
		cat => [ 'cat', $file ],
		grep => [ 'grep', '-c', 'register_patch', $file ],
		ours => [ 'list-dependencies', $file ]);

	print_subject("list-dependencies, $subject");
	print_comparison('cat', 2, @times{qw(cat ours original)});
	print_comparison('grep -c', undef, @times{qw(grep ours original)});
	unlink $file;
	return;
}

sub measure_sorting
{
	my ($count) = @_;
	my @files = make_files('some', $count);
	my %times;

	chdir "$tmp/some" or die "cannot change to $tmp/some: $!\n";
	run('sh', '-c', 'list-dependencies *.sql >../pairs');
	%times = time_programs(
		15,
		original => [ 'sh', '-c', '"$0" 000*.sql | tsort | tac',
			"$here/original-list-dependencies" ],
		alone => [ 'sh', '-c', 'tsort <../pairs | tac' ],
		ours => [ 'sh', '-c', 'list-dependencies *.sql | tsort | tac' ]);
	chdir $tmp;

	$times{original} *= 10;
	print_subject("list-dependencies *.sql | tsort | tac, $count files "
		  . '(the original: 99 files, times 10)');
	print_comparison('tsort | tac', 1.5, @times{qw(alone ours original)});
	return;
}

# Runs the programs in turn, so many times, after one time that does not count.
# One that takes long is run less often. Returns the median of each, in
# milliseconds.
sub time_programs
{
	my ($repeats, @commands) = @_;
	my %commands = @commands;
	my @names = grep { $commands{$_} } @commands;
	my (%times, %sum);

	for my $repeat (0 .. $repeats)
	{
		for my $name (@names)
		{
			next if $repeat > 1 && $sum{$name} > $patience;
			my $time = time_program($commands{$name},
				$name eq 'cat' ? '/dev/null' : "$tmp/output");
			push @{ $times{$name} }, $time if $repeat > 0;
			$sum{$name} += $time;
		}
	}
	return map { $_ => median(@{ $times{$_} }) } @names;
}

# Runs a program, and returns the milliseconds that it took.
sub time_program
{
	my ($command, $output) = @_;
	my $start = clock_gettime(CLOCK_MONOTONIC);
	my $pid = fork() // die "cannot fork: $!\n";

	if ($pid == 0)
	{
		open STDOUT, '>', $output or die "cannot write $output: $!\n";
		exec { $command->[0] } @$command
		  or die "cannot run $command->[0]: $!\n";
	}
	waitpid $pid, 0;

	# grep exits with 1 if there is no match.
	die "$command->[0] failed\n"
	  if $? && !($command->[0] eq 'grep' && $? == 1 << 8);
	return 1_000 * (clock_gettime(CLOCK_MONOTONIC) - $start);
}

1;
