# Completion in zsh: that it offers what bash is offered.
#
# zsh completes lines at a terminal of its own, where in the place of the
# program a function prints the words that it gets.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(run);
use Test::More;

plan skip_all => 'there is no zsh' if system('zsh -fc : >/dev/null 2>&1') != 0;

my $tools = abs_path("$FindBin::Bin/../../tools");
my $project = project('zsh',
	'patches/users.sql' => patch('users'),
	'patches/2.sql' => patch('two words'),
	'patches/3.sql' => patch('$(touch owned)'));
my $share = "$project->{directory}/share";

# As they are installed
my %place = ('bash-completion/completions' => 'versioning',
	'zsh/site-functions' => '_versioning');
for my $place (keys %place)
{
	my ($shell) = $place =~ /^(\w+)/;
	make_path("$share/$place");
	copy("$tools/versioning.$shell-completion", "$share/$place/$place{$place}")
	  or die "cannot copy: $!\n";
}

# The words that a line becomes when it is completed.
sub completed
{
	my ($line) = @_;
	local @ENV{qw(DIRECTORY SHARE LINE)} =
	  ($project->{directory}, $share, $line);
	my ($status, $output) = run('zsh', '-fc', <<~'ZSH');
		zmodload zsh/zpty
		cd $DIRECTORY
		zpty z zsh -f -i
		zpty -w z 'PS1= fpath=($SHARE/zsh/site-functions $fpath); stty -echo'
		zpty -w z 'autoload -U compinit; compinit -u -D'
		zpty -w z 'versioning() { print -r -- "[${(j:|:)@}]" }'
		zpty -w z 'list-dependencies() { versioning "$@" }; print "read""y"'
		zpty -r z output '*ready*'
		zpty -w -n z $LINE$'\t\n'
		zpty -r z output $'*\[[^0-9?]*\]\r*'
		print -rn -- $output
		ZSH
	return $output =~ /\[([^\d?][^\r]*)\]\r/ ? $1 : $output;
}

is(completed('versioning appl'), 'apply', 'a command');
is(completed('versioning apply us'), 'apply|users', 'a patch');
is(completed('versioning apply tw'), 'apply|two words', 'one with a blank');
is(completed('versioning apply \\$'), 'apply|$(touch owned)',
	'one that looks like a command');
is(completed('versioning status --col'), 'status|--color=',
	'an option that takes a value');
is(completed('versioning apply patches/u'), 'apply|patches/users.sql',
	'a file');
is(completed('list-dependencies --or'), '--order', 'list-dependencies');
ok(!-e "$project->{directory}/owned", 'nothing was run');

done_testing();
