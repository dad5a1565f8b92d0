# What versioning check says with a connection: the files beside the register.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(value);
use Test::More;

my $project = project('register',
	map { ("patches/$_.sql" => patch($_), "rollbacks/$_.sql" => rollback_file($_)) }
	  qw(a b));

# Checks the project with these options; returns the exit status and what is
# printed, without the summary.
sub checked
{
	my @options = @_;
	my ($status, $output, $errors) =
	  versioning($project, 'check', '-q', @options);

	return "$status\n$errors$output";
}

is(checked(), "0\n", 'nothing is wrong before anything is applied');

add_files($project,
	'patches/c.sql' => patch('c', '', 'elsewhere'),
	'rollbacks/c.sql' => rollback_file('c'));
is(checked(), <<'END', 'a requirement that is neither in a file nor applied');
1
patches/c.sql:2: patch "c" requires "elsewhere", which is neither applied nor registered by a file [unknown-requirement]
END
value($project->{database}, "SELECT _v.register_patch('elsewhere')");
is(checked(), <<'END', 'it is known when it is applied, but has no file');
1
patch "elsewhere" is applied, but no file registers it [no-file]
END
add_files($project, 'rollbacks/elsewhere.sql' => rollback_file('elsewhere'));
is(checked('--disable', 'no-file'), "0\n",
	'a rollback may be for a patch that is applied');

value($project->{database},
	"SELECT _v.register_patch('a', ARRAY['elsewhere'], ARRAY['x', 'y'])");
is(checked('--disable=no-file'), <<'END', 'a file that differs from the register');
1
patches/a.sql:2: patch "a" was applied as one that requires "elsewhere" and conflicts with "x", "y" [differs]
END
add_files($project, 'patches/a.sql' =>
	  "SELECT _v.register_patch('a', ARRAY['elsewhere'], ARRAY['y', 'x', 'y']);");
is(checked('--disable=no-file'), "0\n", 'the order makes no difference');
add_files($project, 'patches/a.sql' => patch('a'));
value($project->{database},
	"SELECT _v.unregister_patch('a'); SELECT _v.register_patch('a')");
is(checked('--disable=no-file'), "0\n", 'and one that does not');

add_files($project, 'patches/b.sql' =>
	  "SELECT _v.register_patch('b', NULL, ARRAY['elsewhere', 'c', 'z']);\n");
is(checked('--disable=no-file'), <<'END', 'conflicts with applied and pending patches');
1
patches/b.sql:1: patch "b" conflicts with "elsewhere", which is applied [conflict]
patches/b.sql:1: patch "b" conflicts with "c", which is pending, too (patches/c.sql) [conflict]
END
add_files($project, 'patches/c.sql' =>
	  "\nSELECT _v.register_patch('c', NULL, ARRAY['b', 'b2']);\n");
unlike(checked('--disable=no-file'), qr/^patches\/c\.sql/m,
	'the same of both is said once');
value($project->{database},
	"SELECT _v.register_patch('b2', NULL, ARRAY['c'])");
unlike(checked('--disable=no-file'), qr/cannot be applied/,
	'also of an applied one');
add_files($project, 'patches/c.sql' => patch('c', '', 'elsewhere'));
value($project->{database},
	"SELECT _v.unregister_patch('b2');
	SELECT _v.register_patch('b2', NULL, ARRAY['c']);
	SELECT _v.unregister_patch('elsewhere')");
is(checked('--disable=no-file', '--disable=unknown-requirement'),
	<<'END', 'an applied patch conflicts with a pending one');
1
patches/b.sql:1: patch "b" conflicts with "c", which is pending, too (patches/c.sql) [conflict]
patches/c.sql:2: patch "c" cannot be applied: "b2", which is applied, conflicts with it [conflict]
rollbacks/elsewhere.sql:2: no file registers the patch "elsewhere" that this takes back [rollback-without-patch]
END

add_files($project,
	'patches/b.sql' => patch('a') . patch('b'),
	'patches/a.sql' => '-- versioning: disable no-registration');
is( checked(
		map { "--disable=$_" }
		  qw(no-file unknown-requirement conflict rollback-without-patch)),
	<<'END', 'a file of which one patch is applied');
1
patches/b.sql:6: patch "b" cannot be applied: its file registers "a", too, which is applied [impossible-patch]
END

# Where there is no register

{
	local $project->{database} = 'postgres';
	my ($status, $output, $errors) = versioning($project, 'check');
	like($errors, qr/warning/, 'the environment may name any database');
	is($status, 1, 'then the files are checked');
	like($output, qr/unknown-requirement/, 'with what they say');
	($status) = versioning($project, 'check', '-d', 'postgres');
	is($status, 2, 'the command line may not');
}

done_testing();
