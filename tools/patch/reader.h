/*-------------------------------------------------------------------------
 *
 * patch/reader.h
 *		Going through a script, collecting calls
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_READER_H
#define PATCH_READER_H

#include "patch/call.h"
#include "psql/script.h"

typedef struct PatchReader
{
	PatchFile  *file;			/* takes the calls and problems */
	PsqlScript	script;			/* with the current token */
	int			nesting;		/* DO blocks around this text */
	ProblemList *lookalikes;	/* takes the first thing that looks like one
								 * of our calls, or is no SQL; or NULL */

	bool		is_after_query; /* the current token is its end */

	/* the current query; a text that psql does not look into is one */
	const char *query;			/* where it begins */
	int			old_calls;		/* how many there were before it */
	int			old_jobs;
	int			old_problems;

	/* the qualified name that ends before the current token */
	int			parts;
	bool		after_dot;
	bool		in_schema;		/* its last part but one is _v */
	bool		is_schema;		/* its last part is */
	int			action;			/* what its last part does, or -1 */
	int			job_action;		/* the same about jobs */
	SqlToken	schema;			/* its last part but one, if there is one */
	SqlToken	function;		/* its last part */
} PatchReader;

/* Get ready to read a text into "file"; both must outlive the reader. */
extern void patch_reader_init(PatchReader *reader, PatchFile *file,
							  const char *text, size_t length,
							  int first_line, bool is_script);

/* Go to the first token. */
extern void patch_reader_start(PatchReader *reader);

/* Free what the reader holds; the file is the caller's. */
extern void patch_reader_free(PatchReader *reader);

/* Go to the next token. */
extern void patch_reader_advance(PatchReader *reader);

/*
 * Pass the current token; if it begins the arguments of a call of one of our
 * functions, the call.  The name of the database may stand before the
 * schema, as PostgreSQL allows.
 */
extern void patch_reader_step(PatchReader *reader);

/* Is this key word the current token? */
extern bool patch_reader_at(const PatchReader *reader, const char *word);

/* Is one of these key words, of which NULL is the last, the current token? */
extern bool patch_reader_at_one_of(const PatchReader *reader,
								   const char *const *words);

/* Is this symbol or operator the current token? */
extern bool patch_reader_at_symbol(const PatchReader *reader,
								   const char *symbol);

/* No name ends before the current token. */
extern void patch_reader_forget_name(PatchReader *reader);

/* Pass the rest of a statement that runs none of the calls in it. */
extern void patch_reader_skip_statement(PatchReader *reader);

/* Pass the rest of a statement that runs all of the calls in it. */
extern void patch_reader_read_statement(PatchReader *reader);

/* The current token is the first of a query. */
extern void patch_reader_begin_query(PatchReader *reader);

/* Forget the calls in the current query, and what was said about it. */
extern void patch_reader_forget_query(PatchReader *reader);

/*
 * If lookalikes are wanted, and there is none yet, note that what stands at
 * "place" is one, and why.
 */
extern void patch_reader_note_lookalike(PatchReader *reader,
										const char *place, const char *format,
										...) pg_attribute_printf(3, 4);

/* What is named by a text that is not read as a call */
typedef enum PatchMention
{
	MENTION_NONE,
	MENTION_ROLLBACK,			/* unregister_patch */
	MENTION_PATCH				/* register_patch, or try_register_patch */
} PatchMention;

/* Does this text name one of our functions? */
extern PatchMention patch_reader_mention(const char *text, size_t length);

/*
 * Complain about what stands at "place", if something is mentioned: what that
 * is comes between the two halves of the text, unless "after" is NULL.
 */
extern void patch_reader_complain(PatchReader *reader, PatchMention mention,
								  ProblemLevel level, const char *place,
								  const char *before, const char *after);

/*
 * The current query is over.  If a parenthesis or BEGIN is open in it, the
 * server refuses it; and what \gexec runs cannot be known.
 */
extern void patch_reader_end_query(PatchReader *reader);

/*
 * The current token has no end, so what follows never runs, nor what stands
 * before it in the same query.  If the quote is a stray one, each of those
 * after it opens what it should close: so look at the text as it is.
 */
extern void patch_reader_end_hidden(PatchReader *reader);

#endif							/* PATCH_READER_H */
