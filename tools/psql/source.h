/*-------------------------------------------------------------------------
 *
 * psql/source.h
 *		The bytes of a script, as many as are needed
 *
 *-------------------------------------------------------------------------
 */
#ifndef PSQL_SOURCE_H
#define PSQL_SOURCE_H

/* A script that is shorter is read without asking for memory. */
#define SCRIPT_SOURCE_SMALL (32 * 1024)

typedef struct ScriptSource
{
	int			fd;
	char	   *text;			/* the beginning of the script */
	size_t		length;
	size_t		space;
	bool		is_whole;		/* it is all there is */
	size_t		last_place;		/* where a call may be, at last */
	const char *not_a_script;	/* what it is instead, or NULL */
	int			nul_line;		/* of the first NUL, or 0: there is none */
	size_t		mapped;			/* how much memory is the file itself */
	char		small[SCRIPT_SOURCE_SMALL];
} ScriptSource;

/*
 * Search the file that can be read from "fd" from its beginning, and get
 * ready to have its text.  Returns false with errno set if it cannot be
 * read.  Free the source with psql_source_free in any case; the
 * descriptor remains the caller's.
 */
extern bool psql_source_open(ScriptSource *source, int fd);

/*
 * Have all the text of the file that can be read from "fd" from its beginning.
 * Returns false with errno set if it cannot be read.  Free the source with
 * psql_source_free in any case; the descriptor remains the caller's.
 */
extern bool psql_source_open_whole(ScriptSource *source, int fd);

/*
 * psql takes what it reads for strings, a line or 1023 bytes of it at a time,
 * so a NUL hides the rest of that.
 */
#define PSQL_SOURCE_NUL \
	"there is a NUL in this line, and psql drops the rest of it"

/*
 * Have the text as far as the last place and some more, or twice as much of
 * it as before, of a source that is not whole.  Returns false with errno set
 * if it cannot be read.
 */
extern bool psql_source_extend(ScriptSource *source);

/*
 * What psql would refuse from its first bytes: it says so itself of a dump
 * in pg_dump's own format, and never finds a statement in UTF-16.
 */
extern const char *psql_source_refusal(const char *text, size_t length);

/* Free what the source holds. */
extern void psql_source_free(ScriptSource *source);

#endif							/* PSQL_SOURCE_H */
