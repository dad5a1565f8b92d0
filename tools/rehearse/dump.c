/*-------------------------------------------------------------------------
 *
 * rehearse/dump.c
 *		What pg_dump says of a database without its data
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/nameless_file.h"
#include "base/program_path.h"
#include "common/logging.h"
#include "database/connection.h"
#include "pqexpbuffer.h"
#include "rehearse/dump.h"

/* How many arguments a program gets from us at most */
#define MOST_ARGUMENTS 16

/* What newer ones put after \restrict */
#define KEY "versioning"

/* How much to read at once */
#define CHUNK 65536

/*
 * Start a program whose output goes to "output" or, if that is -1, to where
 * ours goes.  "without" is a variable that it shall not see, or NULL.  Returns
 * its process number, or -1 after a message.
 */
static pid_t
start(const char *const *arguments, int output, const char *without)
{
	pid_t		pid;

	/* What has been printed so far comes before what it prints */
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		pg_log_error("could not start \"%s\": %m", arguments[0]);
	if (pid != 0)
		return pid;

	/* We ignore this one, which is nothing to inherit */
	signal(SIGPIPE, SIG_DFL);
	if (without != NULL)
		unsetenv(without);
	if (output < 0 || dup2(output, STDOUT_FILENO) >= 0)
		execvp(arguments[0], (char *const *) arguments);
	pg_log_error("could not run \"%s\": %m", arguments[0]);
	_exit(127);
}

/* Wait for its end; returns its exit status, or -1 if it has none. */
static int
finish(pid_t pid)
{
	int			status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Read all that comes. */
static void
read_all(int fd, PQExpBuffer text)
{
	ssize_t		count = 0;

	while (enlargePQExpBuffer(text, CHUNK) &&
		   ((count = read(fd, text->data + text->len, CHUNK)) > 0 ||
			(count < 0 && errno == EINTR)))
		text->len += Max(count, 0);
	if (!PQExpBufferBroken(text))
		text->data[text->len] = '\0';
}

/* Run a program and read its output; false after a message if it fails. */
static bool
run(const char *const *arguments, const char *without, PQExpBuffer text)
{
	int			ends[2];
	pid_t		pid;

	if (pipe(ends) != 0 || fcntl(ends[0], F_SETFD, FD_CLOEXEC) != 0)
	{
		pg_log_error("could not make a pipe: %m");
		return false;
	}
	pid = start(arguments, ends[1], without);
	close(ends[1]);
	if (pid > 0)
		read_all(ends[0], text);
	close(ends[0]);
	if (pid < 0)
		return false;
	if (finish(pid) == 0 && !PQExpBufferBroken(text))
		return true;
	pg_log_error("\"%s\" has failed", arguments[0]);
	return false;
}

/* The length of the current line, with its end. */
static size_t
line_length(const char *text)
{
	size_t		length = strcspn(text, "\n");

	return text[length] == '\n' ? length + 1 : length;
}

/*
 * Does this pg_dump take a key for \restrict?  It would make one up, so that
 * no two dumps were equal; older ones know of none.  Returns false after a
 * message if that cannot be found out.
 */
static bool
takes_key(const char *program, bool *answer)
{
	/* Asked once: it is the same program for all dumps */
	static int	known = -1;
	const char *const arguments[] = {program, "--help", NULL};
	PQExpBuffer text = createPQExpBuffer();

	if (known < 0 && run(arguments, NULL, text))
		known = strstr(text->data, " --restrict-key") != NULL;
	destroyPQExpBuffer(text);
	*answer = known > 0;
	return known >= 0;
}

/* Take out the lines with our key, which only psql understands. */
static void
remove_keys(char *text)
{
	static const char *const lines[] = {
		"\\restrict " KEY "\n", "\\unrestrict " KEY "\n"
	};
	size_t		i;

	for (i = 0; i < lengthof(lines); i++)
	{
		size_t		length = strlen(lines[i]);
		char	   *line = strstr(text, lines[i]);

		if (line != NULL && (line == text || line[-1] == '\n'))
			memmove(line, line + length, strlen(line + length) + 1);
	}
}

/* The arguments of pg_dump: ours, and those that are given. */
static void
fill_arguments(const char **all, const char *program, const char *conninfo,
			   bool has_key, const char *const *given)
{
	*all++ = program;
	*all++ = "--schema-only";
	*all++ = "--no-password";
	*all++ = "--dbname";
	*all++ = conninfo;
	if (has_key)
		*all++ = "--restrict-key=" KEY;
	while (*given != NULL)
		*all++ = *given++;
	*all = NULL;
}

char *
rehearse_dump_take(const char *argv0, PGconn *conn,
				   const char *const *arguments)
{
	ConnectionHandover *handover = connection_hand_over(conn, NULL,
														"versioning pg_dump");
	char	   *program = program_path_find(argv0, "pg_dump");
	PQExpBuffer text = createPQExpBuffer();
	char	   *result = NULL;
	bool		has_key;

	if (handover != NULL && takes_key(program, &has_key))
	{
		const char *all[MOST_ARGUMENTS];

		fill_arguments(all, program, handover->conninfo, has_key, arguments);
		if (run(all, handover->password_fd >= 0 ? "PGPASSWORD" : NULL, text))
		{
			remove_keys(text->data);
			result = pg_strdup(text->data);
		}
	}
	if (handover != NULL)
		connection_handover_free(handover);
	destroyPQExpBuffer(text);
	pg_free(program);
	return result;
}

bool
rehearse_dump_is_part(const char *part, const char *whole)
{
	while (*part != '\0' && *whole != '\0')
	{
		size_t		length = line_length(whole);

		if (length == line_length(part) && memcmp(part, whole, length) == 0)
			part += length;
		whole += length;
	}
	return *part == '\0';
}

/* Compare two texts, for qsort. */
static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Put pieces together, and free them. */
static char *
join_pieces(char **pieces, int count)
{
	PQExpBuffer text = createPQExpBuffer();
	char	   *result;
	int			i;

	for (i = 0; i < count; i++)
	{
		appendPQExpBufferStr(text, pieces[i]);
		pg_free(pieces[i]);
	}
	result = pg_strdup(text->data);
	pg_free(pieces);
	destroyPQExpBuffer(text);
	return result;
}

/*
 * Cut a text into pieces, and put them together again in the order of what
 * "form" makes of them.  The caller frees it.
 */
static char *
sort_pieces(const char *text, size_t (*piece_length) (const char *),
			char *(*form) (const char *, size_t))
{
	char	  **pieces = NULL;
	int			count = 0;
	int			space = 0;

	while (*text != '\0')
	{
		size_t		length = piece_length(text);

		if (count == space)
		{
			space = Max(64, 2 * space);
			pieces = pg_realloc(pieces, space * sizeof(char *));
		}
		pieces[count++] = form(text, length);
		text += length;
	}
	if (count > 0)
		qsort(pieces, count, sizeof(char *), compare_texts);
	return join_pieces(pieces, count);
}

/* A line without the comma that not every place in a list has. */
static char *
line_form(const char *line, size_t length)
{
	size_t		end = length;

	while (end > 0 && strchr(",\n", line[end - 1]) != NULL)
		end--;
	return psprintf("%.*s\n", (int) end, line);
}

/* The length of what pg_dump says of one object, up to the next one. */
static size_t
entry_length(const char *text)
{
	const char *next = strstr(text, "\n--\n-- ");

	return next == NULL ? strlen(text) : (size_t) (next + 1 - text);
}

/* Does this create something with columns? */
static bool
has_columns(const char *entry)
{
	const char *statement = strstr(entry, "\n--\n\nCREATE ");
	const char *rest;

	if (statement == NULL)
		return false;
	rest = statement + strlen("\n--\n\nCREATE ");
	if (strncmp(rest, "TYPE ", 5) == 0)
		return strncmp(rest + line_length(rest) - 6, " AS (\n", 6) == 0;
	return strncmp(rest, "TABLE ", 6) == 0 ||
		strncmp(rest, "UNLOGGED TABLE ", 15) == 0 ||
		strncmp(rest, "FOREIGN TABLE ", 14) == 0;
}

/* What is said of an object, whatever the order of its columns is. */
static char *
entry_form(const char *entry, size_t length)
{
	char	   *copy = psprintf("%.*s", (int) length, entry);
	char	   *sorted;

	if (!has_columns(copy))
		return copy;
	sorted = sort_pieces(copy, line_length, line_form);
	pg_free(copy);
	return sorted;
}

bool
rehearse_dump_is_reordered(const char *before, const char *after)
{
	char	   *sorted_before = sort_pieces(before, entry_length, entry_form);
	char	   *sorted_after = sort_pieces(after, entry_length, entry_form);
	bool		result = strcmp(sorted_before, sorted_after) == 0;

	pg_free(sorted_before);
	pg_free(sorted_after);
	return result;
}

bool
rehearse_dump_print_difference(const char *before, const char *before_label,
							   const char *after, const char *after_label)
{
	int			files[] = {
		nameless_file_create(before), nameless_file_create(after)
	};
	char	   *paths[lengthof(files)];
	pid_t		pid = -1;
	size_t		i;

	for (i = 0; i < lengthof(files); i++)
		paths[i] = psprintf("/dev/fd/%d", files[i]);
	if (files[0] >= 0 && files[1] >= 0)
	{
		const char *const arguments[] = {
			"diff", "-u", "--label", before_label, "--label", after_label,
			paths[0], paths[1], NULL
		};

		pid = start(arguments, -1, NULL);
	}
	for (i = 0; i < lengthof(files); i++)
	{
		if (files[i] >= 0)
			close(files[i]);
		pg_free(paths[i]);
	}

	/* 1 says that there are differences */
	return pid > 0 && finish(pid) == 1;
}
