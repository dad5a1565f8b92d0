/*-------------------------------------------------------------------------
 *
 * database/story.h
 *		What happened to patches, and what was changed meanwhile
 *
 *-------------------------------------------------------------------------
 */
#ifndef DATABASE_STORY_H
#define DATABASE_STORY_H

#include "libpq-fe.h"

/* What is wanted of the story; a zeroed one wants all of it. */
typedef struct StoryWish
{
	const char *patch;			/* what happened to this one, or NULL */
	const char *object;			/* what changed this object, or NULL */
	const char *since;			/* timestamptz, or NULL */
	const char *by;				/* a role, current or logged in, or NULL */
	int			limit;			/* so many of the last events, or 0 */
} StoryWish;

/*
 * The columns of a story.  It has a row for each change of an event, or one,
 * without a change, for an event that has none; the latest event comes first,
 * its changes are in their order.  What is changed outside any patch, in one
 * transaction, is an event without a name.
 */
enum
{
	STORY_NUMBER,				/* of the event */
	STORY_AT,					/* for people */
	STORY_AT_ISO,
	STORY_EVENT,				/* as in _v.history, or NULL: no patch */
	STORY_PATCH,
	STORY_JOB,
	STORY_ROLE,
	STORY_SESSION_ROLE,
	STORY_APPLICATION,
	STORY_CLIENT,
	STORY_OS_USER,
	STORY_HOST,
	STORY_FILE,
	STORY_SHA256,
	STORY_REVISION,
	STORY_COMMAND,				/* that bypassed the guard */
	STORY_ACTION,				/* of a change, or NULL: there is none */
	STORY_TAG,
	STORY_TYPE,
	STORY_IDENTITY,
	STORY_PREVIOUS
};

/*
 * The columns of the life of an object.  It has a row for each change, the
 * first one first.
 */
enum
{
	LIFE_AT,					/* for people */
	LIFE_AT_ISO,
	LIFE_PATCH,					/* NULL: outside any */
	LIFE_EVENT,
	LIFE_ROLE,
	LIFE_TAG,
	LIFE_ACTION,
	LIFE_TYPE,
	LIFE_IDENTITY,
	LIFE_PREVIOUS
};

/* Whether a thing that was asked for is there */
typedef enum StoryAnswer
{
	STORY_FOUND,
	STORY_UNKNOWN,				/* nothing is called so */
	STORY_TROUBLE				/* there was a message */
} StoryAnswer;

/*
 * Is there a history to tell a story from?  Returns false after a message,
 * also if there is none.
 */
extern bool story_is_there(PGconn *conn);

/*
 * The moment that a text means to the server: a moment, or how long ago.  If
 * it means something, the caller frees it.
 */
extern StoryAnswer story_moment(PGconn *conn, const char *text,
								char **moment);

/* Is there a role of that name, or was there, as far as the story goes? */
extern StoryAnswer story_find_role(PGconn *conn, const char *name);

/* Is a patch of that name in the register or in its history? */
extern StoryAnswer story_find_patch(PGconn *conn, const char *name);

/* Have the story told; the caller clears the result. */
extern StoryAnswer story_read(PGconn *conn, const StoryWish *wish,
							  PGresult **result);

/*
 * The life of an object, which is named as the user would in psql.  The caller
 * clears the result.
 */
extern StoryAnswer story_read_life(PGconn *conn, const char *object,
								   PGresult **result);

/*
 * The objects that a patch has created or changed last, and that are there:
 * their types, their identities, and whether it has created them.  Returns
 * NULL after a message; else the caller clears the result.
 */
extern PGresult *story_read_objects(PGconn *conn, const char *patch);

/*
 * What was probably meant by a name that is not known: an object, or a patch
 * too; or NULL.  The caller frees it.
 */
extern char *story_suggest(PGconn *conn, const char *name, bool with_patches);

#endif							/* DATABASE_STORY_H */
