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
	PatchFile  *file;			/* takes the calls and complaints */
	PsqlScript	script;
	SqlToken	token;			/* the one at hand */
	int			nesting;		/* DO blocks around this text */

	/* the query at hand; a text that psql does not look into is one */
	const char *query;			/* where it begins */
	int			old_calls;		/* how many there were before it */
	int			old_complaints;

	/* the qualified name that ends before the token at hand */
	int			parts;
	bool		after_dot;
	bool		in_schema;		/* its last part but one is _v */
	bool		is_schema;		/* its last part is */
	int			action;			/* what its last part does, or -1 */
} PatchReader;

extern void patch_reader_init(PatchReader *reader, PatchFile *file,
							  const char *text, size_t length,
							  int first_line, bool is_script);
extern void patch_reader_start(PatchReader *reader);
extern void patch_reader_free(PatchReader *reader);
extern void patch_reader_advance(PatchReader *reader);
extern void patch_reader_step(PatchReader *reader);
extern bool patch_reader_at(const PatchReader *reader, const char *word);
extern bool patch_reader_at_one_of(const PatchReader *reader,
								   const char *const *words);
extern bool patch_reader_at_symbol(const PatchReader *reader,
								   const char *symbol);
extern bool patch_reader_at_end(const PatchReader *reader);
extern void patch_reader_forget_name(PatchReader *reader);
extern void patch_reader_skip_statement(PatchReader *reader);
extern void patch_reader_read_statement(PatchReader *reader);
extern void patch_reader_forget(PatchReader *reader, int calls,
								int complaints);
extern void patch_reader_begin_query(PatchReader *reader);
extern void patch_reader_forget_query(PatchReader *reader);
extern void patch_reader_complain(PatchReader *reader, ComplaintLevel level,
								  const char *place, const char *text);
extern bool patch_reader_mentions(const char *text, size_t length);
extern void patch_reader_end_query(PatchReader *reader);
extern void patch_reader_end_hidden(PatchReader *reader);

#endif							/* PATCH_READER_H */
