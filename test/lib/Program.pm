# Running list-dependencies: the one that $ENV{LIST_DEPENDENCIES} says, which
# may be a command with arguments, or the one built in tools/.

package Program;

use strict;
use warnings;

use FindBin;
use IPC::Run ();

my @command =
  $ENV{LIST_DEPENDENCIES}
  ? split ' ', $ENV{LIST_DEPENDENCIES}
  : ("$FindBin::Bin/../../tools/list-dependencies");

# Run it with these arguments; returns exit status, output, error output.
sub run
{
	my @arguments = @_;

	return _run(\@arguments, \'');
}

# The same with the content of a file on standard input, through a pipe.
sub run_with_input
{
	my ($file, @arguments) = @_;
	my $input = slurp($file);

	return _run(\@arguments, \$input);
}

sub _run
{
	my ($arguments, $input) = @_;
	my ($out, $err) = ('', '');

	IPC::Run::run([ @command, @$arguments ], '<', $input, '>', \$out, '2>',
		\$err);
	return ($? & 127 ? "signal " . ($? & 127) : $? >> 8, $out, $err);
}

# The command as a string for the shell.
sub shell_command
{
	return join ' ', map { "'$_'" } @command;
}

# The content of a file.
sub slurp
{
	my ($file) = @_;

	open my $handle, '<:raw', $file or die "could not open $file: $!";
	local $/;
	my $content = <$handle>;
	close $handle;
	return defined $content ? $content : '';
}

# Write a file.
sub spew
{
	my ($file, $content) = @_;

	open my $handle, '>:raw', $file or die "could not write $file: $!";
	print $handle $content;
	close $handle or die "could not write $file: $!";
	return;
}

1;
