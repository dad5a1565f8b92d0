/*-------------------------------------------------------------------------
 *
 * session_messages.c
 *		psql's messages, without the places that only we know
 *
 * psql begins a message with the file and the line that it was reading.  That
 * is as it should be while it reads a patch; but where it reads what we have
 * sent, the name is that of a pipe, and says nothing to anyone.  The name of
 * the patch and what we were doing to it takes its place.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "report.h"
#include "session_messages.h"

/* A line that is longer goes out in parts */
#define LONGEST_LINE (64 * 1024)

static const char *const doings[] = {
	[PLACE_OTHER] = "behind it",
	[PLACE_BEGIN] = "BEGIN before it",
	[PLACE_FILE] = "reading it",
	[PLACE_COMMIT] = "COMMIT behind it",
	[PLACE_DISCARD] = "DISCARD ALL behind it",
	[PLACE_LOOK] = "the new session behind it"
};

/* Prepare for messages of a psql.  The arguments must live as long. */
void
session_messages_init(SessionMessages *messages, Progress *progress,
					  const SessionScript *script, const char *script_path)
{
	memset(messages, 0, sizeof(*messages));
	messages->progress = progress;
	messages->script = script;
	messages->script_path = script_path;
	initPQExpBuffer(&messages->line);
	initPQExpBuffer(&messages->held);
}

/* From now on messages are about this file (NULL: about none). */
void
session_messages_begin(SessionMessages *messages, const char *path)
{
	messages->path = path;
	messages->last_place = PLACE_OTHER;
	messages->is_held = false;
	resetPQExpBuffer(&messages->held);
}

/*
 * If the message is about a line of ours, return the length of the place that
 * it begins with, up to the colon behind the number, and set the number; else
 * return 0.
 */
static size_t
place_length(const SessionMessages *messages, const char *text, int *number)
{
	static const char program[] = "psql:";
	size_t		path_length = strlen(messages->script_path);
	const char *p = text;
	char	   *end;

	if (strncmp(p, program, strlen(program)) != 0)
		return 0;
	p += strlen(program);
	if (strncmp(p, messages->script_path, path_length) != 0 ||
		p[path_length] != ':')
		return 0;
	*number = (int) strtol(p + path_length + 1, &end, 10);
	return *end == ':' ? end - text : 0;
}

/* Show a line, or a part of one. */
static void
show(SessionMessages *messages, const char *text, size_t length)
{
	/* psql begins every message that is about a line with its place. */
	if (strncmp(text, "psql:", 5) == 0)
		messages->is_held = false;

	if (messages->is_held)
		appendBinaryPQExpBuffer(&messages->held, text, length);
	else if (messages->path != NULL)
		progress_messages(messages->progress, text, length);
	else
		fwrite(text, 1, length, stderr);
}

/* Show the line that has come. */
static void
show_line(SessionMessages *messages)
{
	PQExpBuffer line = &messages->line;
	PQExpBufferData changed;
	int			number;
	size_t		length = place_length(messages, line->data, &number);

	if (length == 0)
		show(messages, line->data, line->len);
	else
	{
		initPQExpBuffer(&changed);
		messages->last_place = session_script_place(messages->script, number);
		if (messages->path != NULL)
			appendPQExpBuffer(&changed, "psql:%s: %s%s",
							  report_printable(messages->path),
							  doings[messages->last_place],
							  line->data + length);
		else
			appendPQExpBuffer(&changed, "psql%s", line->data + length);
		if (messages->last_place == PLACE_DISCARD)
		{
			messages->is_held = true;
			appendBinaryPQExpBuffer(&messages->held, changed.data,
									changed.len);
		}
		else
			show(messages, changed.data, changed.len);
		termPQExpBuffer(&changed);
	}
	resetPQExpBuffer(line);
}

/* Show what psql has written to standard error, as far as lines go. */
void
session_messages_pass(SessionMessages *messages, const char *text,
					  size_t length)
{
	PQExpBuffer line = &messages->line;

	while (length > 0)
	{
		const char *newline = memchr(text, '\n', length);
		size_t		part = length;

		if (newline != NULL)
			part = newline + 1 - text;
		appendBinaryPQExpBuffer(line, text, part);
		if (newline != NULL || line->len >= LONGEST_LINE)
			show_line(messages);
		text += part;
		length -= part;
	}
}

/*
 * No more messages about the file will come.  What DISCARD ALL has said about
 * it is shown on demand.
 */
void
session_messages_end(SessionMessages *messages, bool shows_held)
{
	if (messages->line.len > 0)
	{
		appendPQExpBufferChar(&messages->line, '\n');
		show_line(messages);
	}
	messages->is_held = false;
	if (shows_held && messages->held.len > 0)
		show(messages, messages->held.data, messages->held.len);
	resetPQExpBuffer(&messages->held);
}

/* Free what it holds. */
void
session_messages_free(SessionMessages *messages)
{
	termPQExpBuffer(&messages->line);
	termPQExpBuffer(&messages->held);
}
