/*-------------------------------------------------------------------------
 *
 * psql_talk.c
 *		What psql and we tell each other
 *
 * psql is sent commands, and we wait for the news that it is through with
 * them, or for its end: it ends at the first error.  In between, what it
 * prints is passed on, but for the listings that we have asked for.  All that
 * is for us begins with a token that scripts do not know.
 *
 * If a signal asks us to stop, psql is interrupted as by Ctrl-C, which cancels
 * the statement that runs.  Programs that psql waits for are not: it would go
 * on without them.  If that does not help, soon or at the user's second
 * signal, psql is ended with all that it has started, and by force in the end.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "common/logging.h"
#include "interruption.h"
#include "psql_talk.h"

/* In milliseconds since we were asked to stop: when to do what about it */
#define TERMINATE_AFTER 1500
#define KILL_AFTER 4500

/* How long psql may take to end by itself, when there is no more to run */
#define END_WITHIN 5000

/* How long only news are waited for, before all else is read as well */
#define NEWS_WITHIN 20

/* How much may lie in the pipes when psql has ended, in chunks */
#define LAST_CHUNKS 32

/* Milliseconds of a clock that nobody sets. */
static int64
clock_milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64) time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Make a token.  Returns false after a message. */
static bool
make_token(char *token)
{
	unsigned char bytes[TOKEN_LENGTH / 2];
	int			fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	size_t		i;

	if (fd < 0 || read(fd, bytes, sizeof(bytes)) != sizeof(bytes))
	{
		pg_log_error("could not read \"%s\": %m", "/dev/urandom");
		if (fd >= 0)
			close(fd);
		return false;
	}
	close(fd);
	for (i = 0; i < sizeof(bytes); i++)
		snprintf(token + 2 * i, 3, "%02x", bytes[i]);
	return true;
}

/*
 * How much of the text is not ours: what comes before the token or what may
 * be the beginning of it.
 */
static size_t
length_before_token(const char *token, const char *text)
{
	const char *p = strstr(text, token);
	size_t		length = strlen(text);
	size_t		part = Min(length, strlen(token) - 1);

	if (p != NULL)
		return p - text;
	while (part > 0 && strncmp(text + length - part, token, part) != 0)
		part--;
	return length - part;
}

/* Pass on what psql has printed, and keep what is meant for us. */
static void
pass_output(PsqlTalk *talk)
{
	PQExpBuffer text = &talk->process->output_text;
	PQExpBuffer errors = &talk->process->errors_text;
	size_t		length;

	session_messages_pass(&talk->messages, errors->data, errors->len);
	resetPQExpBuffer(errors);

	length = length_before_token(talk->token, text->data);
	progress_output(talk->progress, text->data, length);
	text->len -= length;
	memmove(text->data, text->data + length, text->len + 1);
}

/* If we are asked to stop, do what is due about it. */
static void
stop_if_asked(PsqlTalk *talk)
{
	int64		since;

	if (interruption_count() == 0 || talk->process->pid == 0)
		return;
	if (talk->stop_since == 0)
		talk->stop_since = clock_milliseconds();
	since = clock_milliseconds() - talk->stop_since;

	if (since >= KILL_AFTER || interruption_count() > 2)
		psql_process_signal(talk->process, SIGKILL);
	else if (since >= TERMINATE_AFTER || interruption_count() > 1)
		psql_process_signal(talk->process, SIGTERM);
	else if (!talk->is_interrupted)
	{
		talk->is_interrupted = true;
		psql_process_interrupt(talk->process);
	}
}

/*
 * Wait for a moment, or until something happens.  Returns whether it has.
 */
static bool
wait_for_psql(PsqlTalk *talk, bool news_only)
{
	int			timeout = progress_timeout(talk->progress);
	bool		result;

	if (news_only)
		timeout = NEWS_WITHIN;
	else if (interruption_count() > 0)
		timeout = 100;
	result = psql_process_wait(talk->process, news_only, timeout);
	if (!news_only)
		pass_output(talk);
	progress_tick(talk->progress);
	stop_if_asked(talk);
	return result;
}

/* Read what psql has written by now. */
void
psql_talk_catch_up(PsqlTalk *talk)
{
	int			chunks = LAST_CHUNKS;

	while (chunks-- > 0 && psql_process_wait(talk->process, false, 0))
		pass_output(talk);
}

/*
 * Take some news out of those that have come, with all that came before them.
 * Returns false if they have not come.
 */
static bool
take_news(PsqlTalk *talk, const char *word)
{
	PQExpBuffer text = &talk->process->news_text;
	size_t		length = strlen(word);
	char	   *p = text->data;

	while ((p = strstr(p, talk->token)) != NULL)
	{
		char	   *end;

		p += TOKEN_LENGTH;
		end = strchr(p, '\n');
		if (end == NULL || *p != ' ' || strncmp(p + 1, word, length) != 0)
			continue;

		p += 1 + length;
		resetPQExpBuffer(&talk->news);
		appendBinaryPQExpBuffer(&talk->news, p, end - p);
		text->len -= end + 1 - text->data;
		memmove(text->data, end + 1, text->len + 1);
		return true;
	}
	return false;
}

/*
 * Wait for some news, or for the end of psql, after which all that it has
 * written was read.  Returns what the news say, until others are waited for,
 * or NULL.  If only news are awaited, we are not bothered by what psql prints,
 * as long as it can do without.
 */
const char *
psql_talk_wait(PsqlTalk *talk, const char *word, bool news_only)
{
	while (!take_news(talk, word))
	{
		if (talk->process->pid == 0)
		{
			psql_talk_catch_up(talk);
			return take_news(talk, word) ? talk->news.data : NULL;
		}
		news_only &= wait_for_psql(talk, news_only);
	}
	return talk->news.data;
}

/* Send what the script has. */
void
psql_talk_send(PsqlTalk *talk)
{
	psql_process_send(talk->process, talk->script.text.data);
	resetPQExpBuffer(&talk->script.text);
}

/* Cut a part of the listing out, up to the line before the next token. */
static char *
cut_listing(const PsqlTalk *talk, const char *word)
{
	PQExpBufferData heading;
	char	   *start;
	char	   *end;

	initPQExpBuffer(&heading);
	appendPQExpBuffer(&heading, "%s %s\n", talk->token, word);
	start = strstr(talk->process->output_text.data, heading.data);
	if (start != NULL)
		start += heading.len;
	termPQExpBuffer(&heading);
	end = start != NULL ? strstr(start, talk->token) : NULL;
	return end != NULL ? pnstrdup(start, end - start) : NULL;
}

/*
 * The news are that psql has listed all: take the listings out of its output.
 * The caller frees them; they are NULL if they are not there as they were
 * sent.
 */
void
psql_talk_take_listings(PsqlTalk *talk, char **variables, char **formats)
{
	PQExpBuffer text = &talk->process->output_text;
	const char *end;
	const char *p;

	psql_talk_catch_up(talk);
	*variables = cut_listing(talk, LISTING_VARIABLES);
	*formats = cut_listing(talk, LISTING_FORMATS);

	/* What may follow somebody else has printed. */
	end = text->data;
	for (p = end; (p = strstr(p, talk->token)) != NULL; p += TOKEN_LENGTH)
		end = p + strcspn(p, "\n");
	if (*end == '\n')
		end++;
	text->len -= end - text->data;
	memmove(text->data, end, text->len + 1);
}

/*
 * Start a psql, which is sent nothing yet.  "argv0" is how our program was
 * called.  Signals must be caught by interruption_catch().  Returns NULL after
 * a message; psql_talk_end() ends it.
 */
PsqlTalk *
psql_talk_start(const char *argv0, const ConnectionHandover *handover,
				const SimpleStringList *variables, Progress *progress)
{
	PsqlTalk   *talk = pg_malloc0(sizeof(PsqlTalk));

	talk->progress = progress;
	if (make_token(talk->token))
		talk->process = psql_process_start(argv0, handover, variables);
	if (talk->process == NULL)
	{
		pg_free(talk);
		return NULL;
	}
	initPQExpBuffer(&talk->news);
	session_script_init(&talk->script, talk->token,
						talk->process->news_path);
	session_messages_init(&talk->messages, progress, &talk->script,
						  talk->process->script_path);
	return talk;
}

/* End psql, by force if it does not end by itself, and free the talk. */
void
psql_talk_end(PsqlTalk *talk)
{
	int64		start = clock_milliseconds();

	psql_process_end_script(talk->process);
	while (talk->process->pid != 0 &&
		   clock_milliseconds() - start < END_WITHIN)
		wait_for_psql(talk, false);
	psql_talk_catch_up(talk);
	session_messages_end(&talk->messages, true);
	session_messages_free(&talk->messages);
	session_script_free(&talk->script);
	termPQExpBuffer(&talk->news);
	psql_process_free(talk->process);
	pg_free(talk);
}
