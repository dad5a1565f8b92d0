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
	size_t		mapped;			/* how much memory is the file itself */
	char		small[SCRIPT_SOURCE_SMALL];
} ScriptSource;

extern bool psql_source_open(ScriptSource *source, int fd);
extern bool psql_source_open_whole(ScriptSource *source, int fd);
extern bool psql_source_extend(ScriptSource *source);
extern const char *psql_source_refusal(const char *text, size_t length);
extern void psql_source_free(ScriptSource *source);

#endif							/* PSQL_SOURCE_H */
