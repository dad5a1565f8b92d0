/*-------------------------------------------------------------------------
 *
 * patch/file.c
 *		The registrations that running a file would make
 *
 * Reads a file as psql would run it, and collects the calls of
 * _v.register_patch, _v.try_register_patch and _v.unregister_patch that this
 * would make, and those of the functions about jobs, if they are wanted.  If
 * nothing else is wanted, work is done only as far as the last place where a
 * call may be: after it, nothing can change the answer.
 *
 * The layers, each of which knows only those below it:
 *
 *	patch_file		queries, as psql sends them or not
 *	patch_statement SQL statements: is what is in it run?  PL/pgSQL, in DO
 *	patch_reader	names and calls
 *	patch_call		arguments, patch_constant what they are
 *	patch_job		those of calls about jobs
 *	psql_script		what psql makes of a script
 *	sql_lexer		tokens, sql_constant what they mean
 *
 * Nothing here prints, and only running out of memory exits.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "patch/file.h"
#include "patch/statement.h"
#include "sql/call_search.h"

/* As much as is searched at once, and stays in the processor's cache */
#define PIECE (128 * 1024)

/* The script is over: what comes after COPY data without an end? */
static void
end_data(PatchReader *reader)
{
	const char *data = reader->script.endless_data;
	const char *end = reader->script.lexer.end;

	/* After a \q, the data are after the end, too */
	if (data != NULL && data < end)
		patch_reader_complain(reader, patch_reader_mention(data, end - data),
							  PROBLEM_WARNING, data,
							  "this COPY data has no end, so a ",
							  " does not run");
}

PatchStep
patch_file_step(PatchReader *reader)
{
	if (reader->is_after_query)
	{
		patch_reader_advance(reader);
		patch_reader_begin_query(reader);
		reader->is_after_query = false;
	}
	while (patch_reader_at_symbol(reader, ";"))
		patch_reader_advance(reader);
	switch (reader->script.token.kind)
	{
		case SQL_END:
			end_data(reader);
			return PATCH_END;
		case SQL_SEND:
			patch_reader_end_query(reader);
			reader->is_after_query = true;
			return PATCH_SENT;
		case SQL_DISCARD:
			patch_reader_forget_query(reader);
			reader->is_after_query = true;
			return PATCH_FORGOTTEN;
		case SQL_UNTERMINATED:
			patch_reader_end_hidden(reader);
			return PATCH_ENDLESS;
		default:
			return PATCH_STATEMENT;
	}
}

void
patch_file_end(PatchFile *file, ProblemList *lookalikes)
{
	ProblemList none = file->problems;

	if (file->count == 0 && file->problems.count == 0)
	{
		file->problems = *lookalikes;
		*lookalikes = none;
	}
	problem_free(lookalikes);
}

/* Read queries up to the last place. */
static void
read_queries(PatchReader *reader, const char *last_place)
{
	const SqlLexer *lexer = &reader->script.lexer;
	PatchStep	step;

	while ((step = patch_file_step(reader)) != PATCH_END)
	{
		if (step == PATCH_STATEMENT)
			patch_statement_read(reader);
		else if (step == PATCH_ENDLESS)
			patch_reader_advance(reader);
		else if (step == PATCH_SENT && lexer->cursor > last_place)
			break;
	}
}

/* The same as "found" or, if that is none, the last place in a piece. */
static size_t
find_in_piece(size_t found, CallSearch what, const FileBytes *bytes,
			  size_t begin, size_t length)
{
	if (found != CALL_SEARCH_NONE)
		return found;
	found = sql_call_search_last(what, bytes->text + begin, length);
	return found == CALL_SEARCH_NONE ? found : begin + found;
}

/*
 * The offset of the last place of a text where a call may be, or
 * CALL_SEARCH_NONE, also if there may be none but about jobs.  Is there a NUL?
 */
static size_t
find_last_place(const FileBytes *bytes, bool wants_jobs, bool *has_nul)
{
	size_t		end = bytes->length;
	size_t		patch = CALL_SEARCH_NONE;
	size_t		job = wants_jobs ? CALL_SEARCH_NONE : 0;

	*has_nul = false;
	while (end > 0)
	{
		size_t		begin = end > PIECE ? end - PIECE : 0;
		size_t		length = Min(end + CALL_SEARCH_OVERLAP,
								 bytes->length) - begin;

		*has_nul |= memchr(bytes->text + begin, '\0', end - begin) != NULL;
		patch = find_in_piece(patch, CALL_SEARCH_PATCH, bytes, begin, length);
		job = find_in_piece(job, CALL_SEARCH_JOB, bytes, begin, length);
		end = begin;
	}
	return patch == CALL_SEARCH_NONE || job == CALL_SEARCH_NONE ?
		patch : Max(patch, job);
}

/* Why psql would not read it from its beginning, or NULL. */
static const char *
refuse_beginning(const FileBytes *bytes)
{
	const char *text = bytes->text;

	if (bytes->length >= 5 && memcmp(text, "PGDMP", 5) == 0)
		return "this is a dump in custom format, which psql does not run";
	if (bytes->length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 ||
							   memcmp(text, "\xFE\xFF", 2) == 0))
		return "this is encoded in UTF-16, which psql does not read";
	return NULL;
}

const char *
patch_file_refusal(const FileBytes *bytes, int *line)
{
	const char *refusal = refuse_beginning(bytes);
	const char *nul = memchr(bytes->text, '\0', bytes->length);

	*line = 0;
	if (refusal != NULL || nul == NULL)
		return refusal;
	*line = 1 + sql_lexer_newlines(bytes->text, nul);
	return "there is a NUL in this line, and psql drops the rest of it";
}

PatchFile *
patch_file_read(const FileBytes *bytes, bool wants_jobs)
{
	PatchFile  *file = pg_malloc0(sizeof(PatchFile));
	const char *refusal = refuse_beginning(bytes);
	int			line = 0;
	bool		has_nul;
	size_t		last_place = find_last_place(bytes, wants_jobs, &has_nul);
	ProblemList lookalikes = {0};
	PatchReader reader;

	if (has_nul)
		refusal = patch_file_refusal(bytes, &line);
	if (refusal != NULL)
		problem_add(&file->problems, PROBLEM_ERROR, NULL, line, "%s",
					refusal);
	else if (last_place != CALL_SEARCH_NONE)
	{
		patch_reader_init(&reader, file, bytes->text, bytes->length, 1, true);
		reader.lookalikes = &lookalikes;
		patch_reader_start(&reader);
		read_queries(&reader, bytes->text + last_place);
		patch_reader_free(&reader);
		patch_file_end(file, &lookalikes);
	}
	return file;
}

bool
patch_file_has(const PatchFile *file, bool is_unregister)
{
	int			i;

	for (i = 0; i < file->count; i++)
		if ((file->calls[i].action == PATCH_UNREGISTER) == is_unregister)
			return true;
	return false;
}

void
patch_file_free(PatchFile *file)
{
	int			i;

	for (i = 0; i < file->count; i++)
		patch_call_free(&file->calls[i]);
	pg_free(file->calls);
	for (i = 0; i < file->job_count; i++)
		patch_job_free(&file->jobs[i]);
	pg_free(file->jobs);
	problem_free(&file->problems);
	pg_free(file);
}
