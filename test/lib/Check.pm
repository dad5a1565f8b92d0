# Runs versioning check on files, without a database.

package Check;

use strict;
use warnings;

use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use IPC::Run ();

our @EXPORT = qw(check findings script_findings script_messages);

my $program = $ENV{VERSIONING} // 'versioning';

# Writes files, a reference to a hash of paths and texts, to a directory of
# their own, and checks them with these options. Returns the exit status and
# what was written to the two outputs.
sub check
{
	my ($files, @options) = @_;
	my $directory = tempdir(CLEANUP => 1);
	my ($input, $output, $errors) = ('', '', '');

	local %ENV = %ENV;
	delete @ENV{qw(PGDATABASE PGSERVICE)};
	for my $path ('patches/', 'rollbacks/', keys %$files)
	{
		make_path("$directory/" . $path =~ s{[^/]*\z}{}r);
		next if $path =~ m{/\z};
		open my $file, '>:raw', "$directory/$path"
		  or die "cannot write $path: $!\n";
		print $file $files->{$path};
		close $file or die "cannot write $path: $!\n";
	}
	IPC::Run::run([ $program, 'check', @options ],
		'<', \$input, '>', \$output, '2>', \$errors,
		init => sub { chdir $directory or die "cannot change directory: $!\n" });
	return ($? & 127 ? 'signal ' . ($? & 127) : $? >> 8, $output, $errors);
}

# The same, but returns the findings only, without the messages: one string of
# "PATH:LINE NAME", one a line.
sub findings
{
	my (undef, $output, $errors) = check(@_);

	return join '', $errors,
	  map { /^(\S*?):? .* \[([a-z-]+)\]$/ ? "$1 $2\n" : () }
	  split /\n/, $output;
}

# What is found in one script, that of a patch "p" unless it says otherwise:
# one string of "LINE NAME", with blanks between. Its rollback is there. In the
# text, REGISTER stands for the registration.
sub script_findings
{
	my ($text, %others) = @_;
	my $found = findings(script_files($text, %others));

	# Older releases of PostgreSQL do not shorten a path that goes up again.
	$found =~ s{^patches/\.\./}{}gm;
	$found =~ s{^patches/p\.sql:}{}gm;
	return join ' ', split /\n/, $found;
}

# The messages about such a script, one a line.
sub script_messages
{
	my ($text, %others) = @_;
	my (undef, $output, $errors) = check(script_files($text, %others), '-q');

	return $errors . $output;
}

sub script_files
{
	my ($text, %others) = @_;

	$text =~ s/REGISTER/SELECT _v.register_patch('p');/g;
	return {
		'patches/p.sql' => $text,
		'rollbacks/p.sql' => "SELECT _v.unregister_patch('p');\n",
		%others
	};
}

1;
