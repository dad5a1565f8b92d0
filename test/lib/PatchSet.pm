# A project of generated patches: their files, and the rollbacks. The same seed
# makes the same project, byte for byte.
#
# Patch number 1 requires nothing, each of the others some of those before it,
# so that the order of the numbers is one in which all can be applied. The order
# of the files' names is another. What a patch makes has its number in its name
# (table_7, column_7, ...), so that Inventory can say which patch brought what is
# found in a database. Some files have a transaction of their own and some have
# not, and they use what psql scripts use: COPY with data, variables, \ir.

package PatchSet;

use strict;
use warnings;

use File::Path qw(make_path);
use List::Util qw(min);

# Options: count; seed; name, what the names of the patches begin with;
# requirements, the most that a patch has (1); conflicts, one in how many
# patches has some, with names that do not exist (0: none); sleep, for how many
# milliseconds at most a patch sleeps between two statements (0).
sub new
{
	my ($class, %options) = @_;
	my $self = bless {
		seed => 1,
		name => 'patch',
		requirements => 1,
		conflicts => 0,
		sleep => 0,
		%options
	}, $class;

	# The first numbers of the generator resemble each other if the seeds do.
	$self->{state} = 1 + $self->{seed} * 7919 % 2147483646;
	$self->below(2) for 1 .. 10;
	$self->{patches} = [];
	push @{ $self->{patches} }, $self->make_patch($_)
	  for 1 .. $self->{count};
	$self->name_files;
	return $self;
}

# The names of the patches, in the order of their numbers.
sub names
{
	my ($self) = @_;
	return map { $_->{name} } @{ $self->{patches} };
}

# The paths of the patch files below the directory of the project, in the order
# of the numbers of the patches.
sub files
{
	my ($self) = @_;
	return map { "patches/$_->{file}" } @{ $self->{patches} };
}

# Writes all files below a directory, which is made if it is not there.
sub write_to
{
	my ($self, $directory) = @_;

	for my $patch (@{ $self->{patches} })
	{
		write_file("$directory/patches/$patch->{file}", patch_text($patch));
		write_file("$directory/patches/$patch->{included}.inc",
			"$patch->{included_text}\n")
		  if $patch->{included};
		write_file("$directory/rollbacks/$patch->{rollback}",
			rollback_text($patch));
	}
	return;
}

# A number from 0 to $limit - 1, of Park and Miller's generator: that of Perl is
# not ours to seed.
sub below
{
	my ($self, $limit) = @_;
	$self->{state} = $self->{state} * 48271 % 2147483647;
	return $self->{state} % $limit;
}

# Is this one of the $share in a hundred?
sub happens
{
	my ($self, $share) = @_;
	return $self->below(100) < $share;
}

# Makes a patch: its name, what it requires, its statements and how each of them
# is undone. What was made last is undone first.
sub make_patch
{
	my ($self, $number) = @_;
	my $patch = {
		number => $number,
		name => $self->patch_name($number),
		requires => [],
		conflicts => [],
		statements => [],
		undo => [],
		has_transaction => $self->happens(60)
	};
	my $wanted = min($number - 1, 1 + $self->below($self->{requirements}));
	my %required;

	# Recent patches are more likely to be required, and some are by many.
	while (keys %required < $wanted)
	{
		my $back = 1 + $self->below($self->happens(70) ? 12 : $number);
		$required{ $number - $back } = 1 if $back < $number;
	}
	$patch->{parents} = [ sort { $b <=> $a } keys %required ];
	$patch->{requires} =
	  [ map { $self->{patches}[ $_ - 1 ]{name} } @{ $patch->{parents} } ];
	$patch->{conflicts} = [ map { "never-$number-$_" } 1 .. 1 + $number % 3 ]
	  if $self->{conflicts} && $number % $self->{conflicts} == 0;

	$self->fill($patch);
	return $patch;
}

# Names are unlike files, and every tenth is one that has to be quoted.
sub patch_name
{
	my ($self, $number) = @_;
	my @odd = ("it's", 'two words', '100%', 'back\\slash', "na\x{c3}\x{af}ve",
		'"quoted"', 'a,b', ':variable', '$HOME', '*');
	my @words = qw(users orders refunds ledger audit search stock prices mail
	  reports);

	my $word = $words[ $self->below(scalar @words) ];
	$word = $odd[ $number / 10 % @odd ] . " $word" if $number % 10 == 0;
	return "$self->{name}-$word-$number";
}

# Gives the patch its statements: a table with rows, and some of what else a
# schema consists of.
sub fill
{
	my ($self, $patch) = @_;
	my $number = $patch->{number};
	my $rows = 5 + $self->below(40);
	my $parent = @{ $patch->{parents} } ? $patch->{parents}[0] : undef;

	add($patch, "CREATE TABLE ledger (patch int4 NOT NULL, note text)",
		'DROP TABLE ledger')
	  if $number == 1;
	add($patch,
		"CREATE TABLE table_$number (id int4 PRIMARY KEY, note text NOT NULL"
		  . (defined $parent ? ", parent int4 REFERENCES table_$parent" : '')
		  . ')',
		"DROP TABLE table_$number");
	add($patch,
		"INSERT INTO table_$number (id, note)\n"
		  . "SELECT i, 'row ' || i FROM generate_series(1, $rows) AS i");
	$self->add_sleep($patch) if $self->{sleep};
	add($patch, "INSERT INTO ledger VALUES ($number, 'it''s no. $number;')",
		"DELETE FROM ledger WHERE patch = $number");

	add($patch, "CREATE INDEX index_$number ON table_$number (note)")
	  if $self->happens(60);
	add_function($patch) if $self->happens(80);
	add($patch,
		"CREATE VIEW view_$number AS\n"
		  . "SELECT id, note FROM table_$number WHERE id > 2",
		"DROP VIEW view_$number")
	  if $self->happens(60);
	add($patch,
		"ALTER TABLE table_$parent ADD COLUMN column_$number int4 DEFAULT 7",
		"ALTER TABLE table_$parent DROP COLUMN column_$number")
	  if defined $parent && $self->happens(40);
	add($patch, "CREATE TYPE type_$number AS ENUM ('new', 'paid', 'sent')",
		"DROP TYPE type_$number")
	  if $self->happens(30);
	add($patch, copy_text($number, $rows)) if $self->happens(30);
	$self->add_sleep($patch) if $self->{sleep} && $self->happens(50);
	if ($self->happens(15))
	{
		$patch->{included} = "shared/part-$number";
		$patch->{included_text} =
		  "COMMENT ON TABLE table_$number IS 'from a file included';";
	}
	add($patch,
		"\\set rows_$number $rows\n"
		  . "UPDATE table_$number SET note = note || '.' "
		  . "WHERE id = :rows_$number");
	return;
}

# Adds a statement to a patch, and how to undo it, if that does not go with
# something else.
sub add
{
	my ($patch, $statement, $undo) = @_;
	push @{ $patch->{statements} }, $statement;
	unshift @{ $patch->{undo} }, $undo if defined $undo;
	return;
}

sub add_sleep
{
	my ($self, $patch) = @_;
	return add($patch, sprintf 'SELECT pg_sleep(%.3f)',
		(1 + $self->below($self->{sleep})) / 1000);
}

sub add_function
{
	my ($patch) = @_;
	my $number = $patch->{number};
	return add($patch, <<"SQL" =~ s/\n\z//r, "DROP FUNCTION function_$number");
CREATE FUNCTION function_$number(argument int4) RETURNS int8
LANGUAGE plpgsql AS \$\$
DECLARE
    answer int8;
BEGIN
    -- COMMIT; is not meant here.
    SELECT count(*) + argument INTO answer FROM table_$number;
    RETURN answer;
END
\$\$
SQL
}

# Rows in the script, behind a COPY.
sub copy_text
{
	my ($number, $rows) = @_;
	return "COPY table_$number (id, note) FROM stdin;\n"
	  . join('', map { "$_\tcopied; no. $_\n" } $rows + 1 .. $rows + 10)
	  . '\\.';
}

# Gives the files names in an order that is not that of the patches.
sub name_files
{
	my ($self) = @_;
	my @numbers = 1 .. $self->{count};
	my @directories = ('', '2019/', '2020/', 'more of it/');

	for my $i (reverse 1 .. $#numbers)
	{
		my $other = $self->below($i + 1);
		@numbers[ $i, $other ] = @numbers[ $other, $i ];
	}
	for my $patch (@{ $self->{patches} })
	{
		my $number = pop @numbers;
		$patch->{file} = sprintf '%s%05d%s.sql',
		  $directories[ $number % @directories ], $number,
		  $number % 17 == 0 ? " o'clock" : '';
		$patch->{rollback} = sprintf 'down-%05d.sql', $number;
	}
	return;
}

# The texts

sub patch_text
{
	my ($patch) = @_;
	my ($requires, $conflicts) =
	  map { array_text(@{ $patch->{$_} }) } qw(requires conflicts);
	my @include;

	# The file lies as many directories below patches/ as its name says.
	push @include, '\\ir ' . '../' x ($patch->{file} =~ tr{/}{})
	  . "$patch->{included}.inc"
	  if $patch->{included};
	return in_transaction(
		$patch,
		'SELECT _v.register_patch(' . literal($patch->{name})
		  . ", $requires, $conflicts);",
		(map { /\\\.\z/ ? $_ : "$_;" } @{ $patch->{statements} }),
		@include);
}

sub rollback_text
{
	my ($patch) = @_;
	return in_transaction(
		$patch,
		'SELECT _v.unregister_patch(' . literal($patch->{name}) . ');',
		map { "$_;" } @{ $patch->{undo} });
}

# The text of a script, with a transaction of its own if the patch has one.
sub in_transaction
{
	my ($patch, @lines) = @_;
	@lines = ('BEGIN;', @lines, 'COMMIT;') if $patch->{has_transaction};
	return join '', map { "$_\n" } @lines;
}

sub literal
{
	my ($text) = @_;
	return "'" . $text =~ s/'/''/gr . "'";
}

sub array_text
{
	my (@names) = @_;
	return 'NULL' if !@names;
	return 'ARRAY[' . join(', ', map { literal($_) } @names) . ']';
}

sub write_file
{
	my ($path, $text) = @_;

	make_path($path =~ s{/[^/]*\z}{}r);
	open my $file, '>:raw', $path or die "cannot write $path: $!\n";
	print $file $text;
	close $file or die "cannot write $path: $!\n";
	return;
}

1;
