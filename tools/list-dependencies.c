/*-------------------------------------------------------------------------
 *
 * list-dependencies.c
 *		Print the dependencies of patch files, or the files in their order
 *
 * For each file, in the order given, prints the pairs of a patch and what it
 * requires, as tsort takes them:
 *
 *		list-dependencies *.sql | tsort | tac
 *
 * A patch with an even number of requirements is printed with itself too,
 * which tells tsort that it exists.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <signal.h>
#include <unistd.h>

#include "base/array.h"
#include "base/report.h"
#include "getopt_long.h"
#include "patch/file.h"
#include "patch/graph.h"

/* Exit statuses; the greatest that applies counts */
#define STATUS_PROBLEM 1		/* not understood, or not possible */
#define STATUS_TROUBLE 2		/* usage, or a file or output that fails */

static const char *const progname = "list-dependencies";
static const char *const standard_input = "(standard input)";

/* Where a name was registered first */
typedef struct Place
{
	const char *path;
	int			line;
} Place;

/* The names that have been registered, with these places by their numbers */
typedef struct Registrations
{
	NameTable  *table;
	Place	   *places;
	int			count;
} Registrations;

/* What was asked for */
typedef struct Options
{
	bool		in_order;
	bool		is_null_separated;
	char	  **paths;
	int			count;
} Options;

static void
print_usage(void)
{
	printf("Usage: %s [OPTION]... FILE...\n", progname);
	puts("Print which patch requires which, for tsort, or the files in the\n"
		 "order in which they can be applied.\n\n"
		 "  -o, --order    print the files, each after those that it needs\n"
		 "  -0, --null     with --order: end each file name with a NUL\n"
		 "  -h, --help     show this help, then exit\n"
		 "  -V, --version  show the version, then exit\n\n"
		 "FILE is a psql script; - is standard input.\n\n"
		 "Exit status: 0 if all is well, 1 if something in a file is not\n"
		 "understood or not possible, 2 for wrong usage or if a file cannot\n"
		 "be read.");
}

/* Say how to get help, after a message about the usage. */
static int
usage_error(const char *message)
{
	if (message != NULL)
		fprintf(stderr, "%s: %s\n", progname, message);
	fprintf(stderr, "Try \"%s --help\" for more information.\n", progname);
	return STATUS_TROUBLE;
}

/*
 * The last thing that is done: returns the status that the program shall
 * have, given what it is so far.
 */
static int
finish_output(int status)
{
	return report_finish_output(progname) ? status : STATUS_TROUBLE;
}

/* The graver of two statuses */
static int
worst(int a, int b)
{
	return Max(a, b);
}

/* Print what there is to complain about a file; returns the status. */
static int
print_complaints(const ProblemList *problems, const char *path)
{
	return report_problems(progname, problems, path) > 0 ?
		STATUS_PROBLEM : 0;
}

/* Can tsort take the name for one word?  If not, complain. */
static bool
is_one_word(const PatchCall *call, const char *name,
			ProblemList *problems)
{
	if (strpbrk(name, " \t\n\v\f\r") == NULL)
		return true;
	problem_add(problems, PROBLEM_ERROR, NULL, call->line,
				"\"%s\" has white space in it, which tsort would take for "
				"the end of the name", name);
	return false;
}

/* Print one line for tsort. */
static void
print_pair(const char *patch, const char *requirement)
{
	fputs(patch, stdout);
	putchar(' ');
	fputs(requirement, stdout);
	putchar('\n');
}

/* Print the pairs of one registration. */
static void
print_pairs(const PatchCall *call, ProblemList *problems)
{
	const SimpleStringListCell *cell;
	bool		is_even = true;

	if (!is_one_word(call, call->name, problems))
		return;
	for (cell = call->requirements.head; cell != NULL; cell = cell->next)
	{
		if (!is_one_word(call, cell->val, problems))
			continue;
		print_pair(call->name, cell->val);
		is_even = !is_even;
	}
	if (is_even)
		print_pair(call->name, call->name);
}

/* Print the pairs of one file, in the order of its registrations. */
static void
print_dependencies(const PatchFile *file, ProblemList *problems)
{
	int			i;

	for (i = 0; i < file->count; i++)
		if (file->calls[i].action != PATCH_UNREGISTER)
			print_pairs(&file->calls[i], problems);
}

/* Complain about what the file registers and another one has before. */
static void
note_names(Registrations *seen, const char *path, const PatchFile *file,
		   ProblemList *problems)
{
	int			i;

	for (i = 0; i < file->count; i++)
	{
		const PatchCall *call = &file->calls[i];
		int			number;

		if (call->action == PATCH_UNREGISTER)
			continue;
		number = name_table_add(seen->table, call->name);
		if (number < seen->count)
		{
			problem_add(problems, PROBLEM_WARNING, path, call->line,
						"patch \"%s\" is registered by %s:%d too",
						call->name, seen->places[number].path,
						seen->places[number].line);
			continue;
		}
		ARRAY_MAKE_ROOM(seen->places, number);
		seen->places[number].path = path;
		seen->places[number].line = call->line;
		seen->count++;
	}
}

/*
 * Read a file.  Returns NULL, after a message, if it cannot be read; else
 * the caller frees it.
 */
static PatchFile *
read_file(const char *path)
{
	FileBytes	bytes;
	PatchFile  *file = NULL;

	if (path == standard_input ? file_bytes_read(&bytes, STDIN_FILENO) :
		file_bytes_open(&bytes, path))
	{
		file = patch_file_read(&bytes, false);
		problem_forget(&file->problems, PROBLEM_UNCLEAR_ROLLBACK);
	}
	else
		fprintf(stderr, "%s: %s: could not read: %s\n", progname, path,
				strerror(errno));
	file_bytes_free(&bytes);
	return file;
}

/*
 * Read all files and print their dependencies, or, if there is a graph, put
 * them into that; they are kept in "files" then.  Returns the status.
 */
static int
read_files(const Options *options, PatchGraph *graph, PatchFile **files)
{
	Registrations seen = {name_table_create(options->count), NULL, 0};
	int			status = 0;
	int			i;

	for (i = 0; i < options->count; i++)
	{
		const char *path = strcmp(options->paths[i], "-") == 0 ?
			standard_input : options->paths[i];
		PatchFile  *file = read_file(path);
		ProblemList problems = {0};

		if (file == NULL)
		{
			status = STATUS_TROUBLE;
			continue;
		}
		note_names(&seen, path, file, &problems);
		if (graph == NULL)
			print_dependencies(file, &problems);
		status = worst(status, print_complaints(&file->problems, path));
		status = worst(status, print_complaints(&problems, path));
		problem_free(&problems);

		if (graph == NULL)
			patch_file_free(file);
		else
		{
			patch_graph_add(graph, path, file);
			files[i] = file;
		}
	}
	name_table_free(seen.table);
	pg_free(seen.places);
	return status;
}

/* Print the files of the graph in their order; returns the status. */
static int
print_order(PatchGraph *graph, const Options *options)
{
	int		   *order = pg_malloc(options->count * sizeof(int));
	ProblemList problems = {0};
	int			count = patch_graph_sort(graph, order, &problems);
	int			status = print_complaints(&problems, NULL);
	int			i;

	for (i = 0; i < count; i++)
	{
		const char *path = graph->files[order[i]].path;

		fputs(path == standard_input ? "-" : path, stdout);
		putchar(options->is_null_separated ? '\0' : '\n');
	}
	problem_free(&problems);
	pg_free(order);
	return status;
}

/* Print the files in the order in which they can be applied. */
static int
order_files(const Options *options)
{
	PatchGraph *graph = patch_graph_create();
	PatchFile **files = pg_malloc0(options->count * sizeof(PatchFile *));
	int			status = read_files(options, graph, files);
	int			i;

	status = worst(status, print_order(graph, options));
	patch_graph_free(graph);
	for (i = 0; i < options->count; i++)
		if (files[i] != NULL)
			patch_file_free(files[i]);
	pg_free(files);
	return status;
}

int
main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"order", no_argument, NULL, 'o'},
		{"null", no_argument, NULL, '0'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0}
	};
	Options		options = {false, false, NULL, 0};
	int			c;

	/* What getopt_long says shall begin as our messages do */
	argv[0] = unconstify(char *, progname);

	/* A reader that goes away shall be an error, not the end */
	signal(SIGPIPE, SIG_IGN);

	while ((c = getopt_long(argc, argv, "o0hV", long_options, NULL)) != -1)
	{
		switch (c)
		{
			case 'o':
				options.in_order = true;
				break;
			case '0':
				options.is_null_separated = true;
				break;
			case 'h':
				print_usage();
				return finish_output(0);
			case 'V':
				printf("%s (Versioning) %s\n", progname, VERSIONING_VERSION);
				return finish_output(0);
			default:
				return usage_error(NULL);
		}
	}
	options.paths = argv + optind;
	options.count = argc - optind;
	if (options.count == 0)
		return usage_error("no file is given");
	if (options.is_null_separated && !options.in_order)
		return usage_error("--null can be used with --order only");

	return finish_output(options.in_order ? order_files(&options) :
						 read_files(&options, NULL, NULL));
}
