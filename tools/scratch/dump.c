/*-------------------------------------------------------------------------
 *
 * scratch/dump.c
 *		What pg_dump says of a database without its data
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/nameless_file.h"
#include "base/program_path.h"
#include "common/logging.h"
#include "database/connection.h"
#include "fe_utils/string_utils.h"
#include "pqexpbuffer.h"
#include "scratch/dump.h"

/* What newer ones put after \restrict */
#define KEY "versioning"

/*
 * Run a command of the shell, and read all that it prints.  Returns its exit
 * status, or -1 if it has none.
 */
static int
run(const char *command, PQExpBuffer text)
{
	char		bytes[BUFSIZ];
	size_t		count;
	FILE	   *stream;
	int			status;

	/* What we have printed so far comes before its messages */
	fflush(NULL);
	stream = popen(command, "r");
	if (stream == NULL)
		return -1;
	while ((count = fread(bytes, 1, sizeof(bytes), stream)) > 0)
		appendBinaryPQExpBuffer(text, bytes, count);
	status = pclose(stream);
	return WIFEXITED(status) && !PQExpBufferBroken(text) ?
		WEXITSTATUS(status) : -1;
}

/* The length of the current line, with its end. */
static size_t
line_length(const char *text)
{
	size_t		length = strcspn(text, "\n");

	return text[length] == '\n' ? length + 1 : length;
}

/*
 * Append to a command that it takes a key for \restrict, if this pg_dump does.
 * It would make one up, so that no two dumps were equal; older ones know of
 * none.  Returns false if that cannot be found out.
 */
static bool
append_key(PQExpBuffer command, const char *program)
{
	/* Asked once: it is the same program for all dumps */
	static int	takes_key = -1;
	PQExpBuffer help = createPQExpBuffer();
	PQExpBuffer text = createPQExpBuffer();

	appendShellString(help, program);
	appendPQExpBufferStr(help, " --help");
	if (takes_key < 0 && run(help->data, text) == 0)
		takes_key = strstr(text->data, " --restrict-key") != NULL;
	destroyPQExpBuffer(text);
	destroyPQExpBuffer(help);
	if (takes_key > 0)
		appendPQExpBufferStr(command, " --restrict-key=" KEY);
	return takes_key >= 0;
}

/* Take a line out of a text: the first one like it, or the last one. */
static void
remove_line(char *text, const char *line, bool is_last)
{
	size_t		length = strlen(line);
	char	   *found = NULL;
	char	   *p;

	for (p = strstr(text, line); p != NULL && (found == NULL || is_last);
		 p = strstr(p + 1, line))
		if (p == text || p[-1] == '\n')
			found = p;
	if (found != NULL)
		memmove(found, found + length, strlen(found + length) + 1);
}

/*
 * Take out the lines with our key, which only psql understands.  What stands
 * between them may have such lines, too.
 */
static void
remove_keys(char *text)
{
	remove_line(text, "\\restrict " KEY "\n", false);
	remove_line(text, "\\unrestrict " KEY "\n", true);
}

char *
scratch_dump_take(const char *argv0, PGconn *conn, const char *options)
{
	ConnectionHandover *handover = connection_hand_over(conn,
														"versioning pg_dump");
	char	   *program = program_path_find(argv0, "pg_dump");
	PQExpBuffer command = createPQExpBuffer();
	PQExpBuffer text = createPQExpBuffer();
	char	   *result = NULL;

	if (handover != NULL)
	{
		if (handover->password_fd >= 0)
			appendPQExpBufferStr(command, "unset PGPASSWORD; ");
		appendPQExpBufferStr(command, "exec ");
		appendShellString(command, program);
		appendPQExpBuffer(command, " --schema-only --no-password %s --dbname ",
						  options);
		if (appendShellStringNoError(command, handover->conninfo) &&
			append_key(command, program) && run(command->data, text) == 0)
		{
			remove_keys(text->data);
			result = pg_strdup(text->data);
		}
		else
			pg_log_error("\"%s\" has failed", program);
		connection_handover_free(handover);
	}
	destroyPQExpBuffer(text);
	destroyPQExpBuffer(command);
	pg_free(program);
	return result;
}

bool
scratch_dump_is_part(const char *part, const char *whole)
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

/* Does this line begin something with columns? */
static bool
begins_columns(const char *line)
{
	static const char *const tables[] = {
		"CREATE TABLE ", "CREATE UNLOGGED TABLE ", "CREATE FOREIGN TABLE "
	};
	size_t		i;

	for (i = 0; i < lengthof(tables); i++)
		if (strncmp(line, tables[i], strlen(tables[i])) == 0)
			return true;
	return strncmp(line, "CREATE TYPE ", strlen("CREATE TYPE ")) == 0 &&
		strncmp(line + line_length(line) - 6, " AS (\n", 6) == 0;
}

/* The length of a line without the comma that not every place in a list has */
static int
bare_length(const char *line)
{
	size_t		length = line_length(line);

	while (length > 0 && strchr(",\n", line[length - 1]) != NULL)
		length--;
	return length;
}

/*
 * Append the lines of a dump, each after what pg_dump says of the object that
 * it belongs to, and after its number, unless it is one of something with
 * columns; sorted.
 */
static void
sort_lines(const char *dump, PQExpBuffer text)
{
	const char *object = dump;
	const char *last = "";
	bool		has_columns = false;
	int			number = 0;
	char	  **lines = NULL;
	int			count = 0;
	int			i;

	for (; *dump != '\0'; last = dump, dump += line_length(dump))
	{
		if (strncmp(last, "--\n-- ", 6) == 0)
		{
			object = dump;
			has_columns = false;
			number = 0;
		}
		/* The statement comes after the name, another such line, and none */
		has_columns |= number == 3 && begins_columns(dump);

		ARRAY_MAKE_ROOM(lines, count);
		lines[count++] = psprintf("%.*s %d %.*s\n", bare_length(object),
								  object, has_columns ? 0 : number,
								  bare_length(dump), dump);
		number++;
	}
	if (count > 0)
		qsort(lines, count, sizeof(char *), compare_texts);
	for (i = 0; i < count; i++)
	{
		appendPQExpBufferStr(text, lines[i]);
		pg_free(lines[i]);
	}
	pg_free(lines);
}

bool
scratch_dump_is_reordered(const char *before, const char *after)
{
	PQExpBuffer sorted_before = createPQExpBuffer();
	PQExpBuffer sorted_after = createPQExpBuffer();
	bool		result;

	sort_lines(before, sorted_before);
	sort_lines(after, sorted_after);
	result = strcmp(sorted_before->data, sorted_after->data) == 0;
	destroyPQExpBuffer(sorted_before);
	destroyPQExpBuffer(sorted_after);
	return result;
}

char *
scratch_dump_difference(const char *before, const char *before_label,
						const char *after, const char *after_label)
{
	int			first = nameless_file_create(before);
	int			second = nameless_file_create(after);
	PQExpBuffer command = createPQExpBuffer();
	PQExpBuffer text = createPQExpBuffer();
	char	   *result = NULL;

	appendPQExpBufferStr(command, "exec diff -u --label ");
	appendShellString(command, before_label);
	appendPQExpBufferStr(command, " --label ");
	appendShellString(command, after_label);
	appendPQExpBuffer(command, " /dev/fd/%d /dev/fd/%d", first, second);

	/* 1 says that there are differences */
	if (first >= 0 && second >= 0 && run(command->data, text) == 1)
		result = pg_strdup(text->data);
	if (first >= 0)
		close(first);
	if (second >= 0)
		close(second);
	destroyPQExpBuffer(text);
	destroyPQExpBuffer(command);
	return result;
}

bool
scratch_dump_print_difference(const char *before, const char *before_label,
							  const char *after, const char *after_label)
{
	char	   *text = scratch_dump_difference(before, before_label, after,
											   after_label);

	if (text == NULL)
		return false;
	fputs(text, stdout);
	pg_free(text);
	return true;
}
