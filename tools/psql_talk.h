/*-------------------------------------------------------------------------
 *
 * psql_talk.h
 *		What psql and we tell each other
 *
 *-------------------------------------------------------------------------
 */
#ifndef PSQL_TALK_H
#define PSQL_TALK_H

#include "psql_process.h"
#include "session_messages.h"

#define TOKEN_LENGTH 32

typedef struct PsqlTalk
{
	PsqlProcess *process;
	Progress   *progress;		/* not owned */
	char		token[TOKEN_LENGTH + 1];	/* nobody else knows it */
	SessionScript script;		/* add to it, then send it */
	SessionMessages messages;
	PQExpBufferData news;		/* those that came last */

	bool		is_interrupted; /* what was done about a signal */
	int64		stop_since;		/* and since when, in milliseconds */
} PsqlTalk;

extern PsqlTalk *psql_talk_start(const char *argv0,
								 const ConnectionHandover *handover,
								 const SimpleStringList *variables,
								 Progress *progress);
extern void psql_talk_send(PsqlTalk *talk);
extern const char *psql_talk_wait(PsqlTalk *talk, const char *word,
								  bool news_only);
extern void psql_talk_catch_up(PsqlTalk *talk);
extern void psql_talk_take_listings(PsqlTalk *talk, char **variables,
									char **formats);
extern void psql_talk_end(PsqlTalk *talk);

#endif							/* PSQL_TALK_H */
