# versioning new --recipe: patches from a text with placeholders, the project's
# own or one that came with the program.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Scratch qw(value);
use Test::More;

my $recipe = <<'END';
-- recipe: A recipe of our own
-- Anything may be said here.
--
-- relation: table  a table
-- value: column    a column
-- value: more      with
--     two lines
-- default: :column and more
-- refuse: SELECT format('not %s', :'column') WHERE :'column' = 'bad'
-- value: type      its type
-- query: SELECT format_type(atttypid, atttypmod) FROM pg_attribute
--     WHERE attrelid = :'table'::regclass AND attname = :'column'
-- value: lines     several lines, or none
-- query: SELECT CASE :'column' WHEN 'a' THEN E'one\ntwo' END
-- default: three

-- patch: one
SELECT _v.register_patch(:'one', :requirements, NULL);
-- :table.:column is :"column", :'column', :type, CAST(x AS :type), x:::type
   :lines
-- :more; 12:30 a:=b :1 :
-- rollback: one
SELECT _v.unregister_patch(:'one'); -- :trigger, :function

-- patch: two if lines
SELECT _v.register_patch(:'two', :requirements, NULL);
-- patch:
SELECT _v.register_patch(:'name', :requirements, NULL);
END

my $project = project('own', 'recipes/own.sql' => $recipe,
	'recipes/rename-column.sql' => "-- recipe: Ours\n-- patch:\n",
	'patches/x.sql' => patch('x'), 'recipes/.hidden.sql' => 'x', 'recipes/notes.txt' => 'x');
value($project->{database}, q{
	CREATE TABLE t (a varchar(3), "B c" numeric(4, 2), bad int);
	CREATE TABLE "Odd. ""one" (a int);
	CREATE SCHEMA s; CREATE TABLE s."T" (a int)});

# Runs `versioning new' with a recipe.
sub begin
{
	my ($name, @arguments) = @_;
	return versioning({ %$project, database => 'versioning_no_such' },
		'new', $name, '--requires', 'x', '--recipe', @arguments);
}

# The content of a file of the project.
sub content
{
	my ($path) = @_;
	open my $handle, '<', "$project->{directory}/$path" or return;
	local $/;
	return <$handle>;
}

# Passes if nothing is written, with this exit status and these words.
sub refuses_recipe
{
	my ($what, $words, @arguments) = @_;
	my ($status, $output, $errors) = begin('refused', @arguments);

	isnt($status, 0, "$what: exit status");
	is($output, '', "$what: no output");
	like($errors, $words, "$what: what it says");
	return is(join(' ', glob "$project->{directory}/*/refused*"),
		'', "$what: no file");
}

my ($status, $output, $errors) =
  versioning($project, 'new', '--list-recipes');
is($status, 0, 'recipes are listed');
like($output, qr/^own {13}  A recipe of our own$/m, 'our own');
like($output, qr/^rename-column     Ours$/m, 'ours instead of the one there is');
unlike($output, qr/hidden|notes|column another name/, 'and no others');

# The page has all recipes that came with the program, and what each asks for.
my $root = "$FindBin::Bin/../..";
open my $file, '<', "$root/doc/recipes.md" or die "cannot read the page: $!\n";
my %on_page = map { /^\| `([a-z-]+)` \| ((?:`\w+` ?)+)\|/ } <$file>;
is_deeply([ sort keys %on_page ],
	[ sort map { m{([^/]*)\.sql$} } glob "$root/tools/recipes/*" ],
	'the page has all recipes');
for my $name (sort keys %on_page)
{
	open my $text, '<', "$root/tools/recipes/$name.sql"
	  or die "cannot read $name: $!\n";
	my %asked = map { /^-- (?:value|relation): (\w+)/ ? ($1 => 1) : () } <$text>;
	is_deeply([ grep { !$asked{$_} } $on_page{$name} =~ /\w+/g ],
		[], "$name asks for what the page says");
}

# Without a database

is_deeply([ begin("it's", 'own', qw(table=t column=a type=int)) ],
	[ 0, join('', map { "$_\n" } 'patches/it_s-one.sql',
		'rollbacks/rollback-it_s-one.sql', 'patches/it_s-two.sql',
		'patches/it_s.sql'), '' ], 'the files of a recipe');
is(content('patches/it_s-one.sql'), <<~'END', 'what is filled in');
	SELECT _v.register_patch('it''s-one', ARRAY['x'], NULL);
	-- t.a is a, 'a', int, CAST(x AS int), x::int
	   three
	-- a and more; 12:30 a:=b :1 :
	END
is(content('rollbacks/rollback-it_s-one.sql'),
	"SELECT _v.unregister_patch('it''s-one'); -- zz_it_s, zz_it_s\n",
	'names of a trigger and its function');
like(content('patches/it_s-two.sql'), qr/'it''s-two', ARRAY\['it''s-one'\]/,
	'the second requires the first');
like(content('patches/it_s.sql'), qr/'it''s', ARRAY\['it''s-two'\]/,
	'the third requires the second');
refuses_recipe('a value is missing',
	qr/needs to know more.*\n.*type=\.\.\.  its type \(with -d/, 'own', 'table=t',
	'column=a');
refuses_recipe('what a recipe asks the database for by itself is not listed',
	qr/needs to know more\n(.* {2}\S.*\n)+.*It needs a database \(-d\), which knows the rest/,
	'split-table', 'table=t', 'columns=a', 'new=u');
refuses_recipe('an empty value',
	qr/needs to know more.*\n.*column=\.\.\.  a column$/m, 'own', 'table=t', 'column=');
refuses_recipe('what a value means, in two lines',
	qr/more=\.\.\.  with two lines \(optional\)$/m, 'own', 'colunm=a');
refuses_recipe('a value too many', qr/does not ask for "colunm"/, 'own',
	'colunm=a');
refuses_recipe('a built-in value', qr/does not ask for "name"/, 'own',
	'name=a');
refuses_recipe('a word', qr/"a" should be NAME=VALUE/, 'own', 'a');
refuses_recipe('no such recipe', qr/no recipe "nothing"\n.*--list-recipes/,
	'nothing');
refuses_recipe('no path', qr/no recipe/, '../recipes/own');

# With one

my @database = ('-d', $project->{database});
begin('first', 'own', 'table=t', 'column=a', @database);
is(content('patches/first-one.sql'), <<~'END', 'what the database knows');
	SELECT _v.register_patch('first-one', ARRAY['x'], NULL);
	-- public.t.a is a, 'a', character varying(3), CAST(x AS character varying(3)), x::character varying(3)
	   one
	   two
	-- a and more; 12:30 a:=b :1 :
	END
like(content('rollbacks/rollback-first-one.sql'), qr/zz_first, public\.zz_first$/,
	'the function is in the schema of the table');
($status, $output, $errors) = begin('second', 'own', 'table=t', 'column=B c',
	'more=said', 'type=int', @database);
is(content('patches/second-one.sql'), <<~'END', 'what is said outdoes it');
	SELECT _v.register_patch('second-one', ARRAY['x'], NULL);
	-- public.t.B c is "B c", 'B c', int, CAST(x AS int), x::int
	-- said; 12:30 a:=b :1 :
	END
unlike($output, qr/two/, 'no file without what it is for');
begin('third', 'own', 'table="Odd. ""one"', 'column=a', @database);
like(content('rollbacks/rollback-third-one.sql'), qr/ public\.zz_third$/,
	'a table with an odd name');
begin('fourth', 'own', 'table=s."T"', 'column=a', @database);
like(content('rollbacks/rollback-fourth-one.sql'), qr/ s\.zz_fourth$/,
	'a table in another schema');
refuses_recipe('a recipe refuses', qr/error: not bad$/m, 'own', 'table=t',
	'column=bad', @database);
refuses_recipe('no such table', qr/relation "u" does not exist\n.*table=u should be the name of a relation, as in SQL\.\n\z/, 'own',
	'table=u', 'column=a', @database);
refuses_recipe('no such column', qr/needs to know more.*\n.*type=/, 'own',
	'table=t', 'column=b', @database);
refuses_recipe('no such database', qr/does not exist/, 'own', 'table=t',
	'column=a', 'type=int', '-d', 'versioning_no_such');

# Names and values stay in the comments and strings that they are put into.
add_files($project, 'recipes/apart.sql' => <<~'END');
	-- value: a
	-- value: b
	-- default: c
	-- patch:
	-- Of :a.
	  -- :a
	-- :b
	SELECT $$ :"a" $$, $$ :b $$;
	END
begin('apart', 'apart', "a=x\ny\rz", 'b=', '--requires', '');
is(content('patches/apart.sql'), <<~"END", 'a comment goes on in each line');
	-- Of x
	-- y\r-- z.
	  -- x
	  -- y\r  -- z
	SELECT \$\$ "x\ny\rz" \$\$, \$\$  \$\$;
	END
begin('dollars', 'apart', 'a=x$$', 'b=$_$', '--requires', '');
like(content('patches/dollars.sql'),
	qr/^SELECT \$__\$ "x\$\$" \$__\$, \$__\$ \$_\$ \$__\$;$/m,
	'a string has a quote that no value has');

# Nobody else's functions are called.
value($project->{database}, q{
	CREATE TABLE called (x int);
	CREATE FUNCTION public.format(text, text) RETURNS text LANGUAGE plpgsql AS
		'BEGIN INSERT INTO called VALUES (1); RETURN NULL; END'});
begin('fifth', 'own', 'table=t', 'column=a', @database);
is(value($project->{database}, 'SELECT count(*) FROM called'), 0,
	'the search_path is empty');

# A file that is there, in the middle

add_files($project, 'patches/refused-two.sql' => 'SELECT 1');
($status, $output, $errors) =
  begin('refused', 'own', qw(table=t column=a type=int));
like($errors, qr{refused-two\.sql": File exists}, 'a file that is there');
is(join(' ', map { s{.*/}{}r } glob "$project->{directory}/*/*refused*"),
	'refused-two.sql', 'then there is no other file');
unlink "$project->{directory}/patches/refused-two.sql";
add_files($project, 'patches/there.sql' => patch('refused-two'));
refuses_recipe('a patch that is there', qr/"refused-two" is registered by/,
	'own', qw(table=t column=a type=int));
unlink "$project->{directory}/patches/there.sql";

# Recipes that are wrong

for my $wrong (
	[ "-- patch:\n:other\n", qr/own\.sql:2: .*:other.*no such entry/ ],
	[ "SELECT 1;\n", qr/own\.sql:1: .*"-- patch:" before/ ],
	[ "-- recipe: x\n", qr/"-- patch:"/ ],
	[ "-- value:\n-- patch:\n", qr/own\.sql:1: .*a name/ ],
	[ "-- value: a\n-- value: a\n-- patch:\n", qr/own\.sql:2: .*already/ ],
	[ "-- query: x\n-- patch:\n", qr/own\.sql:1: .*"value:"/ ],
	[ "-- value: a\n-- query: x\n-- query: y\n-- patch:\n",
		qr/own\.sql:3: .*already/ ],
	[ "-- value: a\n-- default: :b\n-- value: b\n-- patch:\n",
		qr/own\.sql:1: .*:b has no value yet/ ])
{
	add_files($project, 'recipes/own.sql' => $wrong->[0]);
	refuses_recipe("wrong: $wrong->[0]" =~ s/\n/\\n/gr, $wrong->[1], 'own');
}

done_testing();
