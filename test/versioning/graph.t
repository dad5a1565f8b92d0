# versioning graph: what is drawn, how, and that Graphviz takes it whatever the
# names are.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use IPC::Run ();
use Scratch qw(value);
use Test::More;

# The graph, without the lines that are in all of them.
sub graph
{
	my ($project, @arguments) = @_;
	my ($status, $output, $errors) =
	  versioning($project, 'graph', @arguments);

	return ($status, $output =~ s/\A.*?\n\n//sr, $errors, $output);
}

# The same without a connection.
sub offline
{
	my ($project, @arguments) = @_;
	return graph({ %$project, database => '' }, @arguments);
}

# What Graphviz makes of it, in a format.
sub drawn
{
	my ($graph, $format) = @_;
	my ($output, $errors) = ('', '');

	IPC::Run::run([ 'dot', "-T$format" ],
		'<', \$graph, '>', \$output, '2>', \$errors);
	return $? == 0 && $errors eq '' ? $output : "failed: $errors";
}

my $has_dot = system('dot -V >/dev/null 2>&1') == 0;

my $project = project('graph',
	'patches/1-base.sql' => patch('base'),
	'patches/2-users.sql' => patch('users', '', 'base', 'base'),
	'patches/3-old.sql' => <<~'SQL',
		SELECT _v.register_patch('old', ARRAY['base'], ARRAY['new', 'gone']);
		SQL
	'patches/4-new.sql' => <<~'SQL',
		SELECT _v.register_patch('new', ARRAY['users'], ARRAY['old', 'old']);
		SQL
	'patches/5-lost.sql' => patch('lost', '', 'new', 'nowhere'),
	'rollbacks/base.sql' => rollback_file('base'));

my $conflict =
  '[class="conflict", dir=none, style=dashed, color=red, constraint=false]';
my $everything = <<~"DOT";
	\t"base";
	\t"users";
	\t"old";
	\t"new";
	\t"lost";
	\t"gone" [class="unknown"] [style=dotted];
	\t"nowhere" [class="unknown"] [style=dotted];

	\t"users" -> "base";
	\t"old" -> "base";
	\t"old" -> "new" $conflict;
	\t"old" -> "gone" $conflict;
	\t"new" -> "users";
	\t"lost" -> "new";
	\t"lost" -> "nowhere";
	}
	DOT

my @got = offline($project);
is($got[0], 0, 'exit status');
is($got[1], $everything, 'patches, requirements, conflicts');
is($got[2], '', 'no message');
like($got[3], qr/\Adigraph \w+ \{\n(?:.*\n)*\trankdir=BT;\n/,
	'what is required is above');
is((offline($project))[3], $got[3], 'the same each time');

@got = offline($project, 'users', './patches/3-old.sql');
is($got[1], <<~"DOT", 'some patches, by name and by file');
	\t"base";
	\t"users";
	\t"old";

	\t"users" -> "base";
	\t"old" -> "base";
	}
	DOT
@got = offline($project, 'base', 'user');
is($got[0], 1, 'a name that is mistyped: exit status');
is($got[3], '', 'a name that is mistyped: no graph');
like($got[2], qr/"user"; did you mean "users"\?/,
	'a name that is mistyped: what it says');
@got = offline($project, '--patches', 'patches/2-users.sql');
is($got[1], <<~"DOT", 'one file');
	\t"users";
	\t"base" [class="unknown"] [style=dotted];

	\t"users" -> "base";
	}
	DOT

# With a connection

value($project->{database}, <<~'SQL');
	SELECT _v.register_patch('older');
	SELECT _v.register_patch('ancient', ARRAY['older'], ARRAY['gone']);
	SELECT _v.register_patch('base');
	SQL
@got = graph($project);
is($got[0], 0, 'with a connection: exit status');
like($got[1], qr/^\t"$_->[0]" \[class="$_->[1]"\] \[fillcolor="#\w+"\];$/m,
	"$_->[0] is $_->[1]")
  for [ 'base', 'applied' ], [ 'users', 'pending' ], [ 'lost', 'blocked' ],
  [ 'ancient', 'applied without file' ], [ 'older', 'applied without file' ];
like($got[1], qr/^\t"$_" \[class="unknown"\] \[style=dotted\];$/m,
	"$_ is neither applied nor in a file")
  for 'gone', 'nowhere';
like($got[1], qr/^\t"ancient" -> "older";$/m,
	'what is only applied has its requirements');
like($got[1], qr/^\t"ancient" -> "gone" \[class="conflict"/m,
	'what is only applied has its conflicts');
like($got[3], qr/label=<.*applied without file/, 'a legend');
like(drawn($got[3], 'svg'), qr/<svg.*>pending</s, 'Graphviz draws it')
  if $has_dot;

@got = graph({ %$project, database => 'versioning_no_such' });
is($got[0], 0, 'a database of the environment that is not there');
is($got[1], $everything, 'then it is drawn without');
like($got[2], qr/does not exist.*warning:.*goes on without/s,
	'with a warning');
@got = graph($project, '-d', 'versioning_no_such');
is($got[0], 2, 'a database of the command line that is not there');
is($got[3], '', 'then it is not drawn');

add_files($project, 'patches/ancient.sql' => patch('ancient', '', 'base'));
@got = graph($project);
like($got[1], qr/^\t"ancient" -> "older";$/m,
	'an applied patch is drawn as it was registered');
unlike($got[1], qr/"ancient" -> "base"/, 'not as its file is now');
unlink "$project->{directory}/patches/ancient.sql";

# Files that are wrong

add_files($project, 'patches/6-variable.sql' =>
	  "SELECT _v.register_patch(:'name');\n");
@got = offline($project);
is($got[0], 1, 'a file that is not understood: exit status');
is($got[1], $everything, 'a file that is not understood: the others');
like($got[2], qr{patches/6-variable\.sql:1: }, 'which file that is');

my $cycle = project('cycle',
	'patches/a.sql' => patch('a', '', 'b'),
	'patches/b.sql' => patch('b', '', 'a', 'b'));
like((offline($cycle))[1], qr/"a" -> "b".*"b" -> "a".*"b" -> "b"/s,
	'a cycle is drawn');

my $empty = project('empty');
@got = offline($empty);
is($got[0], 0, 'no files');
is($got[1], "\n}\n", 'an empty graph');

# Names

my @names = (
	'two words', q{it's}, '"quoted"', '\\', 'ends with \\', '\\"', '\\n',
	'\\N', '\\x01', "\x01", "tab\t", "line\nline", "return\r", '&amp;', '&',
	'<b>', '<', 'a->b', 'a:b', 'node', 'strict', '-- comment', '/* c',
	"za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87", "\xe2\x82", "\xff\"", '{a|b}', '%s',
	'1', '-', ';', '#', '//', 'a' x 2000);
my $odd = project('odd');
for my $i (0 .. $#names)
{
	add_files($odd, "patches/$i.sql" =>
		  patch($names[$i], '', $i > 0 ? $names[ $i - 1 ] : ()));
}
@got = offline($odd);
is($got[0], 0, 'odd names: exit status') || diag($got[2]);

SKIP:
{
	skip 'there is no Graphviz', 4 if !$has_dot;

	# A line for each node, with its name, and for each edge.
	my $plain = drawn($got[3], 'plain');
	is(scalar(() = $plain =~ /^node /mg), scalar @names,
		'odd names: all are nodes');
	is(scalar(() = $plain =~ /^edge /mg), @names - 1,
		'odd names: all edges are there');

	# What is seen of it: the texts of the nodes.
	my $picture = drawn($got[3], 'svg');
	my %seen;
	for my $node ($picture =~ m{class="node">(.*?)</g>}sg)
	{
		my $text = join '|', $node =~ m{<text[^>]*>(.*?)</text>}g;

		$text =~ s/&#(\d+);/chr $1/ge;
		$text =~ s/&(amp|lt|gt|quot);/{amp => '&', lt => '<', gt => '>', quot => '"'}->{$1}/ge;
		$seen{$text} = 1;
	}
	for my $name (@names)
	{
		my $shown = $name =~ s/\n/|/gr =~ s/[\x01\t\r]/sprintf '\\x%02X', ord $&/ger;

		$shown =~ s/[\xe2\x82\xff]/sprintf '\\x%02X', ord $&/ge
		  if $name !~ /\xc5/;
		ok($seen{$shown},
			'odd names: it looks like ' . substr($shown, 0, 20) =~ s/#/\\#/r);
	}
}

done_testing();
