/*-------------------------------------------------------------------------
 *
 * session_script.h
 *		What psql is sent, so that each file runs as in a fresh session
 *
 *-------------------------------------------------------------------------
 */
#ifndef SESSION_SCRIPT_H
#define SESSION_SCRIPT_H

#include "pqexpbuffer.h"

/* The words of news, behind the token */
#define NEWS_RAN "ran"
#define NEWS_LISTED "listed"
#define NEWS_READY "ready"

/* The same before each part of the listing on standard output */
#define LISTING_VARIABLES "variables"
#define LISTING_FORMATS "formats"
#define LISTING_END "end"

/* What a line of ours is for */
typedef enum ScriptPlace
{
	PLACE_OTHER,
	PLACE_BEGIN,				/* that we put before a file */
	PLACE_FILE,
	PLACE_COMMIT,				/* that we put behind it */
	PLACE_DISCARD,				/* fails if a transaction is open */
	PLACE_LOOK,					/* looking at the new session */
	PLACES
} ScriptPlace;

/* For which places the lines are that belong to a file: the last, or 0 */
typedef int ScriptLines[PLACES];

typedef struct SessionScript
{
	const char *token;			/* begins each news; not owned */
	const char *news_path;		/* where psql writes them; not owned */
	char		directory[MAXPGPATH];	/* the current one, or empty */
	char	   *look;			/* what a new session is like; or NULL */
	bool		has_role;		/* it begins with SET ROLE */
	bool		checks_client;	/* the server can look after dead clients */
	bool		is_unicode;		/* so are the client and the database */

	PQExpBufferData text;		/* not sent yet */
	int			lines;			/* sent or not */
	ScriptLines places;			/* of the last file */
	ScriptLines places_before;	/* of the one before it */
} SessionScript;

extern void session_script_init(SessionScript *script, const char *token,
								const char *news_path);
extern void session_script_add_file(SessionScript *script, const char *path,
									bool is_wrapped);
extern void session_script_add_listing(SessionScript *script);
extern void session_script_add_survey(SessionScript *script);
extern void session_script_add_renewal(SessionScript *script,
									   const char *next_path);
extern void session_script_add(SessionScript *script, const char *commands);
extern ScriptPlace session_script_place(const SessionScript *script,
										int line);
extern void session_script_free(SessionScript *script);

#endif							/* SESSION_SCRIPT_H */
