# A file of cases that is not as Fixtures.pm describes it is fatal, with the
# place; nothing of it is silently left out.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fixtures;
use Program;
use Test::More;

# Check what is said of files in a directory: what comes after its path, given
# the names of the files and their contents.
sub check
{
	my ($what, $message, %files) = @_;
	my $directory = tempdir(CLEANUP => 1);

	mkdir "$directory/bytes" or die "could not make a directory: $!";
	Program::spew("$directory/$_", $files{$_}) for keys %files;
	$message =~ s/DIRECTORY/$directory/;
	my $survived = eval { Fixtures::cases($directory); 1 };
	is($survived ? 'nothing' : $@, "$directory$message\n", $what);
	return;
}

# The same for one file, a.txt, and a place in it.
sub check_text
{
	my ($what, $place, $message, $text) = @_;

	check($what, "/a.txt:$place: $message", 'a.txt' => $text);
	return;
}

my $case = "=== one\nSELECT 1;\n--- out\n\n";

check('no file', ': there are no cases');
check('no case', '/a.txt: unexpected end after head', 'a.txt' => "# none\n");
check_text('text before the first case', 1, 'unexpected after head: SELECT',
	"SELECT\n$case");
check_text('a case without a name', 1, 'neither a name nor a section: ===',
	"===\n--- out\n");
check_text('a name of punctuation', 1, 'neither a name nor a section: === ""',
	"=== \"\"\n--- out\n");
check_text('an unknown section', 3, 'neither a name nor a section: --- output',
	"=== one\nSELECT 1;\n--- output\n");
check_text('a section with more on its line',
	3, 'neither a name nor a section: --- out a',
	"=== one\nSELECT 1;\n--- out a\n");
check_text('a section without a case', 1, 'unexpected after head: --- out',
	"--- out\n$case");
check_text('a section twice', 5, 'unexpected after out: --- out',
	"$case--- out\n");
check_text('sections in another order', 3, 'unexpected after ===: --- err',
	"=== one\nSELECT 1;\n--- err\nFILE: no\n--- out\n");
check_text('a case without what is printed',
	3, 'unexpected after ===: === two', "=== one\nSELECT 1;\n=== two\n");
check('the same at the end', '/a.txt: unexpected end after ===',
	'a.txt' => "=== one\nSELECT 1;\n");
check_text('no newline at the end', 5, 'no newline at the end', "${case}a");
check_text('the same name twice', 5, 'same name as at DIRECTORY/a.txt:1',
	"$case$case");
check('the same name in two files',
	'/b.txt:1: same name as at DIRECTORY/a.txt:1',
	'a.txt' => $case, 'b.txt' => $case);
check_text('a file after a script', 3, 'both a script and a file',
	"=== one\nSELECT 1;\n--- file a.sql\n--- out\n");
check('a script after a file', '/a.txt:3: unexpected after file: SELECT 1;',
	'a.txt' => "=== one\n--- file a.sql\nSELECT 1;\n--- out\n",
	'bytes/a.sql' => '');
check_text('a file that is not there', 2, 'could not open '
	  . 'DIRECTORY/bytes/a.sql: No such file or directory',
	"=== one\n--- file a.sql\n--- out\n");
check('a file that no case has', '/bytes/a.sql: no case has this file',
	'a.txt' => $case, 'bytes/a.sql' => '');

done_testing();
