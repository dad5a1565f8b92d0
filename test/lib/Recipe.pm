# A recipe put to the test: what it makes is applied to a table that an old and a
# new application write to, taken back in the middle of it, applied again and
# finished.
#
# What the applications do is a list of operations, each in two forms: as the
# old and as the new application would say it. A model, a database that knows
# nothing of the recipe, has all of them in the old form. The database that is
# tested has some in the old form, some in the new. Both must hold the same.

package Recipe;

use strict;
use warnings;

use Exporter qw(import);
use File::Temp;
use IPC::Run ();
use Test::More;

use Deploy;
use Scratch qw(database value psql);

our @EXPORT = qw(try_recipe begin_recipe runs run_job run_job_partly schema);

# How the operations are given to the applications: which forms, in turn.
my @turns = ([1], [ 0, 1 ], [ 1, 0 ]);

# Tries a recipe. Options:
#   name        of the patches
#   recipe      and its values: a reference to an array
#   tables      SQL that makes the tables, with at least 1000 rows in the first
#   operations  pairs of forms, old and new
#   old, new    queries of what is to be equal, as each application asks it
#   direct      SQL that makes of the tables what the recipe should make of them
#   after       (optional) the query of the new application after the finish
#   expected    (optional) the query of the model for that of the new application
#   written     (optional) the table that the job writes to, if it is another one
#   between     (optional) SQL to be run after the start
#   forgets     (optional) what taking the finish back makes of the model
sub try_recipe
{
	my (%try) = @_;
	my ($name, $recipe, @values) = ($try{name}, @{ $try{recipe} });
	my $direct = database("${name}_direct");

	value($direct, 'CREATE EXTENSION versioning');
	value($direct, "$try{tables};\n$try{direct}");
	for my $turn (0 .. $#turns)
	{
		my $model = database("${name}_model");
		my $project = project($name);

		value($model, $try{tables});
		value($project->{database}, $try{tables});
		subtest "$recipe, applications in turn $turn" => sub {
			try_in_turn($project, $model, $direct, $turn, %try);
		};
	}
	return;
}

# The same with the applications in one of the turns.
sub try_in_turn
{
	my ($project, $model, $direct, $turn, %try) = @_;
	my $name = $try{name};
	my $expected = $try{expected} // $try{old};
	my $before = schema($project->{database});
	my ($status, $output, $errors);

	begin_recipe($project, $name, @{ $try{recipe} });
	my $is_staged = -e "$project->{directory}/patches/$name-finish.sql";
	my $start = $is_staged ? "$name-start" : $name;
	my $has_job = grep { /register_job/ } map { slurp($_) }
	  glob "$project->{directory}/patches/*.sql";

	# To the middle, and back
	runs($project, 'apply', $start);
	value($project->{database}, $try{between}) if $try{between};
	operate($project, $model, $turn, %try);
	run_job_partly($project, $name, $try{written}) if $has_job;
	operate($project, $model, $turn + 1, %try);
	runs($project, 'rollback', '--cascade', $start);
	is(schema($project->{database}), $before, 'all is as it was')
	  if $is_staged;
	is(value($project->{database}, $try{old}), value($model, $try{old}),
		'the old application has what the new one wrote');

	# To the end
	runs($project, 'apply', $start);
	value($project->{database}, $try{between}) if $try{between};
	operate($project, $model, $turn, %try);
	if ($has_job)
	{
		run_job($project, $name);
		is(value($project->{database}, $try{new}), value($model, $expected),
			'the new application has all');
	}
	operate($project, $model, $turn + 1, %try);
	runs($project, 'apply');
	is(value($project->{database}, $try{after} // $try{new}),
		value($model, $expected), 'all is there at the end');
	is(schema($project->{database}), schema($direct),
		'the tables are as if they had been made so');

	# And back again
	return if !$is_staged;
	value($model, $try{forgets}) if $try{forgets};
	runs($project, 'rollback', "$name-finish");
	operate($project, $model, $turn, %try);
	runs($project, 'rollback', '--cascade', $start);
	is(schema($project->{database}), $before, 'all can be taken back');
	is(value($project->{database}, $try{old}), value($model, $try{old}),
		'and nothing is lost');
	return;
}

# Writes the patches of a recipe, and passes if there is nothing wrong with them.
sub begin_recipe
{
	my ($project, $name, $recipe, @values) = @_;

	runs($project, 'new', $name, '--requires', '', '--recipe', $recipe,
		@values, '-d', $project->{database});
	return runs($project, 'check');
}

# Passes if the program succeeds with these arguments.
sub runs
{
	my ($project, @arguments) = @_;
	my ($status, $output, $errors) = versioning($project, @arguments);

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is($status, 0, "versioning @arguments")
	  || diag("$output\n$errors");
}

# Has the applications do all that they do, in the turn of that number, and
# passes if the old one has what was written after each operation.
sub operate
{
	my ($project, $model, $turn, %try) = @_;
	my @forms = @{ $turns[ $turn % @turns ] };
	my $i = 0;
	my @mine = map { $_->[ $forms[ $i++ % @forms ] ] } @{ $try{operations} };
	my @models = map { $_->[0] } @{ $try{operations} };
	my @seen = seen($project->{database}, $try{old}, @mine);
	my @expected = seen($model, $try{old}, @models);

	for my $number (0 .. $#mine)
	{
		next if $seen[$number] eq $expected[$number];
		fail('the old application has what was written');
		diag("$mine[$number]\n",
			differences($expected[$number], $seen[$number]));
		die "the applications do not agree\n";
	}
	return pass('the old application has what was written');
}

# Runs scripts, and returns what a query says after each.
sub seen
{
	my ($database, $query, @scripts) = @_;

	my $file = File::Temp->new;

	print $file join "\\echo next\n",
	  map { $_ . (/\n\z/ ? '' : ";\n") . "RESET ALL; RESET ROLE;\n$query;\n" } @scripts;
	close $file or die "cannot write $file: $!\n";
	return split /^next\n/m, value($database, "\\i $file");
}

# What only one of two texts has.
sub differences
{
	my ($model, $mine) = @_;
	my %in_model = map { $_ => 1 } split /\n/, $model;
	my %in_mine = map { $_ => 1 } split /\n/, $mine;

	return join "\n",
	  (map { "model: $_" } grep { !$in_mine{$_} } sort keys %in_model),
	  (map { "mine:  $_" } grep { !$in_model{$_} } sort keys %in_mine);
}

# Runs a job to its end.
sub run_job
{
	my ($project, $name) = @_;
	my ($status, $output, $errors) =
	  psql($project->{database}, "CALL _v.run_job('$name')");

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is($status, 0, 'the job is run') || diag($errors);
}

# Runs a job until it comes to a row that cannot be written, the one with the
# number 500, of its table or of another one that it writes to.
sub run_job_partly
{
	my ($project, $name, $table) = @_;

	$table //= value($project->{database},
		"SELECT table_name FROM _v.jobs WHERE job_name = '$name'");

	value($project->{database}, <<~"SQL");
		CREATE FUNCTION stop_here() RETURNS trigger LANGUAGE plpgsql AS
			'BEGIN RAISE EXCEPTION ''not this one''; END';
		CREATE TRIGGER stop_here BEFORE INSERT OR UPDATE ON $table
			FOR EACH ROW WHEN (NEW.id = 500) EXECUTE FUNCTION stop_here();
		SQL
	psql($project->{database}, "CALL _v.run_job('$name')");
	value($project->{database}, <<~"SQL");
		DROP TRIGGER stop_here ON $table;
		DROP FUNCTION stop_here();
		SQL
	my $state = value($project->{database},
		"SELECT state FROM _v.jobs WHERE job_name = '$name'");
	return is($state, 'failed', 'the job is not done');
}

# What pg_dump says of a database, with the columns in any order.
sub schema
{
	my ($database) = @_;
	my ($output, $errors) = ('', '');

	IPC::Run::run([ qw(pg_dump --schema-only -N _v -d), $database ],
		'<', \'', '>', \$output, '2>', \$errors)
	  or die "pg_dump: $errors";
	return join "\n", sort grep { !/^(?:--|\\|$)/ }
	  map { s/,$//r } split /\n/, $output;
}

sub slurp
{
	my ($path) = @_;
	open my $file, '<', $path or die "cannot open $path: $!\n";
	local $/;
	return scalar <$file>;
}

1;
