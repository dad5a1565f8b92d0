# Rehearsals of patches with jobs: these are run to their ends, and the patch is
# taken back when its job has begun, and when it is done.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Deploy;
use Rehearse;
use Test::More;

my $table = q{CREATE TABLE public.items (id int PRIMARY KEY, old text);
	INSERT INTO public.items SELECT i, 'old ' || i FROM generate_series(1, 5000) i;};

# The start of a change, with a job that sets the new column to an expression;
# and how that is taken back.
sub start
{
	my ($expression, $rollback) = @_;
	return pair('start', <<~"SQL", $rollback, 'table');
		ALTER TABLE public.items ADD new text;
		SELECT _v.register_job('move', 'public.items', \$\$
			UPDATE public.items i SET new = $expression
			  FROM batch b WHERE i.id = b.id \$\$);
		SQL
}

my @rest = (
	pair('table', $table, 'DROP TABLE public.items;'),
	pair('finish', "SELECT _v.assert_job_is_done('move');\n"
		  . 'ALTER TABLE public.items ALTER new SET NOT NULL;',
		'ALTER TABLE public.items ALTER new DROP NOT NULL;', 'start'));

my $drop = 'ALTER TABLE public.items DROP new;';
rehearses('a change with a job',
	project('good', @rest, start('i.old', $drop)),
	[], 0, [ qr/^3 rehearsed: 3 ok$/m ]);

rehearses('a job that fails',
	project('failing', @rest, start('1 / (i.id - 4000)', $drop)),
	[], 3, [ qr/^\[2\/3\] start: its job has failed$/m,
		qr/^2 rehearsed: 1 ok, 1 failed; 1 not reached$/m ],
	[ qr/^ERROR:  job "move" has failed\nDETAIL:  division by zero/ ]);

# What the job does is in the way of a rollback only when it is done.
rehearses('a rollback that fails when the job is done',
	project('rollback', @rest, start('i.old', <<~"SQL")),
		DO \$\$
		BEGIN
			IF NOT EXISTS (SELECT FROM public.items WHERE new IS NULL) THEN
				RAISE 'it is done';
			END IF;
		END
		\$\$;
		$drop
		SQL
	[], 3, [ qr/^\[2\/3\] start: its rollback has failed$/m ],
	[ qr/it is done/ ]);
rehearses('a rollback that fails when the job has begun',
	project('halfway', @rest, start('i.old', <<~"SQL")),
		DO \$\$
		BEGIN
			IF EXISTS (SELECT FROM public.items WHERE new IS NULL) AND
				EXISTS (SELECT FROM public.items WHERE new IS NOT NULL) THEN
				RAISE 'it has begun';
			END IF;
		END
		\$\$;
		$drop
		SQL
	[], 3, [ qr/^\[2\/3\] start: its rollback has failed during its job$/m ],
	[ qr/it has begun/ ]);

done_testing();
