/*-------------------------------------------------------------------------
 *
 * session_messages.h
 *		psql's messages, without the places that only we know
 *
 *-------------------------------------------------------------------------
 */
#ifndef SESSION_MESSAGES_H
#define SESSION_MESSAGES_H

#include "progress.h"
#include "session_script.h"

typedef struct SessionMessages
{
	Progress   *progress;		/* where they go; not owned */
	const SessionScript *script;	/* not owned */
	const char *script_path;	/* not owned */
	const char *path;			/* the file that is run; NULL: none */

	PQExpBufferData line;		/* the one that has no end yet */
	PQExpBufferData held;		/* what DISCARD ALL has said */
	bool		is_held;		/* and still says */
	ScriptPlace last_place;		/* of ours that a message was about */
} SessionMessages;

extern void session_messages_init(SessionMessages *messages,
								  Progress *progress,
								  const SessionScript *script,
								  const char *script_path);
extern void session_messages_begin(SessionMessages *messages,
								   const char *path);
extern void session_messages_pass(SessionMessages *messages,
								  const char *text, size_t length);
extern void session_messages_end(SessionMessages *messages, bool shows_held);
extern void session_messages_free(SessionMessages *messages);

#endif							/* SESSION_MESSAGES_H */
