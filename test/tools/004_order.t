# The order in which files can be applied.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Program;
use Test::More;

chdir tempdir(CLEANUP => 1) or die "could not enter a new directory: $!";

# Write a file that registers each [name, requirement...].
sub patch
{
	my ($file, @registrations) = @_;
	my $sql = '';

	foreach my $registration (@registrations)
	{
		my ($name, @requirements) = @$registration;
		$sql .= "SELECT _v.register_patch('$name', ARRAY["
		  . join(', ', map { "'$_'" } @requirements)
		  . "]::text[]);\n";
	}
	Program::spew($file, $sql);
	return;
}

# Order files; all the given things must be as said.
sub check
{
	my ($what, $files, $order, $status, $err) = @_;
	my @got = Program::run('--order', @$files);

	subtest $what => sub {
		is($got[1], join('', map { "$_\n" } @$order), 'order');
		is($got[0], $status, 'exit status');
		is($got[2] =~ s/^list-dependencies: //mgr, $err, 'error output');
	};
	return;
}

patch('FIRST.sql', ['first']);
patch('fourth.sql', [ 'fourth', 'second', 'first' ]);
patch('SECOND.sql', [ 'second', 'third' ]);
patch('third.sql', [ 'third', 'first' ]);
check("the article's example",
	[qw(fourth.sql SECOND.sql third.sql FIRST.sql)],
	[qw(FIRST.sql third.sql SECOND.sql fourth.sql)], 0, '');

patch("free$_.sql", ["free$_"]) foreach 1 .. 4;
check('what is free stays in the order given',
	[qw(free3.sql free1.sql free4.sql free2.sql)],
	[qw(free3.sql free1.sql free4.sql free2.sql)], 0, '');
patch('needs4.sql', [ 'needs4', 'free4' ]);
check('the first that is ready comes next',
	[qw(free2.sql needs4.sql free3.sql free4.sql free1.sql)],
	[qw(free2.sql free3.sql free4.sql needs4.sql free1.sql)], 0, '');

check('a requirement that no file provides',
	[qw(third.sql free1.sql)], [qw(third.sql free1.sql)], 0,
	"third.sql:1: warning: patch \"third\" requires \"first\", which none of the files registers\n"
);

Program::spew('none.sql', "SELECT 1;\n");
Program::spew('rollback.sql', "SELECT _v.unregister_patch('free1');\n");
check('files that register nothing are left out',
	[qw(none.sql free1.sql rollback.sql)], ['free1.sql'], 0,
	"none.sql: warning: this registers no patch, so it is left out\n"
	  . "rollback.sql: warning: this registers no patch, so it is left out\n");

patch('a.sql', [ 'a', 'b' ]);
patch('b.sql', [ 'b', 'c' ]);
patch('c.sql', [ 'c', 'a' ]);
patch('behind.sql', [ 'behind', 'free1', 'b' ]);
patch('far.sql', [ 'far', 'behind' ]);
check('a cycle, and what is behind it',
	[qw(far.sql behind.sql c.sql b.sql free1.sql a.sql)], ['free1.sql'], 1,
	"c.sql:1: patches require each other: c -> a -> b -> c (c.sql -> a.sql -> b.sql -> c.sql)\n"
	  . "far.sql:1: warning: this is left out, as it requires \"behind\" of behind.sql, which is left out\n"
	  . "behind.sql:1: warning: this is left out, as it requires \"b\" of b.sql, which is left out\n"
);
patch("round$_.sql", [ "r$_", 'r' . ($_ % 13 + 1) ]) for 1 .. 13;
check('a long cycle is shortened', [ map { "round$_.sql" } 1 .. 13 ], [], 1,
	'round1.sql:1: patches require each other: '
	  . join(' -> ', (map { "r$_" } 1 .. 10), '... and 3 more', 'r1') . ' ('
	  . join(' -> ', (map { "round$_.sql" } 1 .. 10), '... and 3 more',
		'round1.sql') . ")\n");
patch('d.sql', [ 'd', 'e' ]);
patch('e.sql', [ 'e', 'd' ]);
check('two cycles', [qw(a.sql e.sql b.sql d.sql c.sql)], [], 1,
	"a.sql:1: patches require each other: a -> b -> c -> a (a.sql -> b.sql -> c.sql -> a.sql)\n"
	  . "e.sql:1: patches require each other: e -> d -> e (e.sql -> d.sql -> e.sql)\n"
);
patch('self.sql', [ 'self', 'self' ]);
check('a patch that requires itself',
	[qw(self.sql free1.sql)], ['free1.sql'], 1,
	qq(self.sql:1: patch "self" requires itself\n)
);

patch('two.sql', ['one'], [ 'two', 'one', 'free1' ]);
check('two patches of one file',
	[qw(two.sql free1.sql)], [qw(free1.sql two.sql)], 0, '');
patch('wrong-way.sql', [ 'two', 'one' ], ['one']);
check('two patches of one file, the wrong way round',
	[qw(wrong-way.sql free1.sql)], ['free1.sql'], 1,
	qq(wrong-way.sql:1: patch "two" requires "one", which the file registers only after it\n)
);

patch('again.sql', [ 'free1', 'free2' ]);
patch('needs1.sql', [ 'needs1', 'free1' ]);
check('two files that register the same',
	[qw(needs1.sql again.sql free1.sql free2.sql)],
	[qw(free1.sql free2.sql again.sql needs1.sql)], 0,
	"free1.sql:1: warning: patch \"free1\" is registered by again.sql:1 too\n"
);

patch('spaces.sql', [ 'with spaces', "it''s" ]);
patch('its.sql', ["it''s"]);
check('names with white space in them',
	[qw(spaces.sql its.sql)], [qw(its.sql spaces.sql)], 0, '');

# A long chain, given from its end: no recursion, and no order by chance
my @chain = map { "chain$_.sql" } reverse 1 .. 500;
patch("chain$_.sql", [ "chain$_", $_ > 1 ? 'chain' . ($_ - 1) : () ])
  foreach 1 .. 500;
check('a long chain', \@chain, [ reverse @chain ], 0, '');

done_testing();
