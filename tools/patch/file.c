/*-------------------------------------------------------------------------
 *
 * patch/file.c
 *		The registrations that running a file would make
 *
 * Reads a file as psql would run it, and collects the calls of
 * _v.register_patch, _v.try_register_patch and _v.unregister_patch that this
 * would make.  Work is done for a file only as far as the last place where a
 * call may be: after it, nothing can change the answer.
 *
 * The layers, each of which knows only those below it:
 *
 *	patch_file		queries, as psql sends them or not
 *	patch_statement SQL statements: is what is in it run?  PL/pgSQL, in DO
 *	patch_reader	names and calls
 *	patch_call		arguments, patch_constant what they are
 *	psql_script		what psql makes of a script
 *	sql_lexer		tokens, sql_constant what they mean
 *
 * Nothing here prints, and only running out of memory exits.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <unistd.h>

#include "patch/call.h"
#include "patch/file.h"
#include "patch/reader.h"
#include "patch/statement.h"
#include "psql/source.h"
#include "sql/call_search.h"

/* Read queries up to the last place; returns whether it got past that. */
static bool
read_queries(PatchReader *reader, const char *last_place)
{
	const SqlLexer *lexer = &reader->script.lexer;
	const char *data;

	while (reader->token.kind != SQL_END)
	{
		switch (reader->token.kind)
		{
			case SQL_SEND:
				patch_reader_end_query(reader);
				if (lexer->cursor > last_place && lexer->cursor < lexer->end)
					return true;
				patch_reader_advance(reader);
				patch_reader_begin_query(reader);
				break;
			case SQL_DISCARD:
				patch_reader_forget_query(reader);
				patch_reader_advance(reader);
				patch_reader_begin_query(reader);
				break;
			case SQL_UNTERMINATED:
				patch_reader_end_hidden(reader);
				patch_reader_advance(reader);
				break;
			default:
				if (patch_reader_at_symbol(reader, ";"))
					patch_reader_advance(reader);
				else
					patch_statement_read(reader);
				break;
		}
	}

	/* After a \q, the data are after the end, too */
	data = reader->script.endless_data;
	if (data != NULL && data < lexer->end)
		patch_reader_complain(reader,
							  patch_reader_mention(data, lexer->end - data),
							  PROBLEM_WARNING, data,
							  "this COPY data has no end, so a ",
							  " does not run");
	return false;
}

PatchFile *
patch_file_read_text(const char *text, size_t length, size_t last_place,
					 bool is_whole)
{
	PatchFile  *file = pg_malloc0(sizeof(PatchFile));
	PatchReader reader;
	const char *place = text + Min(last_place, length);
	bool		is_enough;

	patch_reader_init(&reader, file, text, length, 1, true);
	reader.seeks_lookalikes = true;
	patch_reader_start(&reader);
	is_enough = read_queries(&reader, place) || is_whole;
	patch_reader_free(&reader);
	if (!is_enough)
	{
		patch_file_free(file);
		file = NULL;
	}
	else if (file->count == 0 && file->problems.count == 0)
	{
		ProblemList problems = file->problems;

		file->problems = file->lookalikes;
		file->lookalikes = problems;
	}
	return file;
}

/* A file that is not to be read as a script, because of that line, or 0. */
static PatchFile *
refuse(int line, const char *prefix, const char *reason)
{
	PatchFile  *file = pg_malloc0(sizeof(PatchFile));

	problem_add(&file->problems, PROBLEM_ERROR, NULL, line, "%s%s",
				prefix, reason);
	return file;
}

PatchFile *
patch_file_read_bytes(const FileBytes *bytes)
{
	const char *not_a_script = psql_source_refusal(bytes->text,
												   bytes->length);
	size_t		last_place = sql_call_search_last(bytes->text, bytes->length);

	if (not_a_script != NULL)
		return refuse(0, "this is ", not_a_script);
	if (last_place == CALL_SEARCH_NONE)
		return pg_malloc0(sizeof(PatchFile));
	return patch_file_read_text(bytes->text, bytes->length, last_place, true);
}

/* Read the script in a source, as much of it as it takes. */
static PatchFile *
read_source(ScriptSource *source)
{
	PatchFile  *file;

	if (source->not_a_script != NULL)
		return refuse(0, "this is ", source->not_a_script);
	if (source->nul_line > 0)
		return refuse(source->nul_line, "", PSQL_SOURCE_NUL);
	if (source->last_place == CALL_SEARCH_NONE)
		return pg_malloc0(sizeof(PatchFile));

	while ((source->length == 0 && !source->is_whole) ||
		   (file = patch_file_read_text(source->text, source->length,
										source->last_place,
										source->is_whole)) == NULL)
	{
		if (!psql_source_extend(source))
			return NULL;
	}
	return file;
}

PatchFile *
patch_file_read_descriptor(int fd)
{
	ScriptSource source;
	PatchFile  *file = NULL;
	int			save_errno;

	if (psql_source_open(&source, fd))
		file = read_source(&source);
	save_errno = errno;
	psql_source_free(&source);
	errno = save_errno;
	return file;
}

/* Read the file of that path. */
static PatchFile *
read_path(const char *path, PatchFile *(*read_it) (int fd))
{
	int			fd = open(path, O_RDONLY, 0);
	PatchFile  *file;
	int			save_errno;

	if (fd < 0)
		return NULL;
	file = read_it(fd);
	save_errno = errno;
	close(fd);
	errno = save_errno;
	return file;
}

PatchFile *
patch_file_read(const char *path)
{
	return read_path(path, patch_file_read_descriptor);
}

/* Read all of an open file, which can be read as a script. */
static PatchFile *
read_whole(int fd)
{
	ScriptSource source;
	PatchFile  *file = NULL;
	int			save_errno;

	if (psql_source_open_whole(&source, fd))
		file = patch_file_read_text(source.text, source.length,
									source.length, true);
	save_errno = errno;
	psql_source_free(&source);
	errno = save_errno;
	return file;
}

PatchFile *
patch_file_read_whole(const char *path)
{
	return read_path(path, read_whole);
}

void
patch_file_free(PatchFile *file)
{
	int			i;

	for (i = 0; i < file->count; i++)
		patch_call_free(&file->calls[i]);
	pg_free(file->calls);
	problem_free(&file->problems);
	problem_free(&file->lookalikes);
	pg_free(file);
}
