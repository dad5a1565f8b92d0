/*-------------------------------------------------------------------------
 *
 * command/log.c
 *		versioning log: what happened, the latest first
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/pager.h"
#include "base/report.h"
#include "command/story.h"
#include "show/show.h"

/*
 * What do the options want?  A usage error ends the program.  Returns false
 * after a message.
 */
static bool
read_wish(const Options *options, PGconn *conn, StoryWish *wish,
		  char **since)
{
	StoryAnswer answer = STORY_FOUND;

	if (options->since != NULL)
		answer = story_moment(conn, options->since, since);
	if (answer == STORY_UNKNOWN)
		command_options_error("--since takes a date, a time or how long ago, "
							  "such as 2026-11-21, \"2026-11-21 17:00\" or "
							  "\"3 days\", not \"%s\"",
							  report_printable(options->since));
	if (answer == STORY_FOUND && options->by != NULL)
		answer = story_find_role(conn, options->by);
	if (answer == STORY_UNKNOWN)
		command_options_error("--by takes the name of a role that is there, "
							  "or has done something, not \"%s\"",
							  report_printable(options->by));
	wish->since = *since;
	wish->by = options->by;
	wish->limit = options->limit;
	return answer == STORY_FOUND;
}

/* Say that there is nothing to tell. */
static void
print_nothing(const Options *options)
{
	if (options->deploy.is_quiet)
		return;
	if (options->name_count > 0)
		printf("Nothing of that kind is known of \"%s\".\n",
			   report_printable(options->names[0]));
	else
		puts("There are no such events.");
}

/* Print the story. */
static void
print_story(const Options *options, const PGresult *story)
{
	FILE	   *stream;

	if (options->deploy.is_json)
	{
		fputs("{\"events\": ", stdout);
		show_story_print_array(story);
		puts("}");
	}
	else if (PQntuples(story) == 0)
		print_nothing(options);
	else
	{
		stream = pager_open();
		show_story_print(stream, story);
		pager_close(stream);
	}
}

/* Read the story of what the user has named, if anything, and print it. */
static Status
tell(const Options *options, PGconn *conn, StoryWish *wish)
{
	const char *name = options->name_count > 0 ? options->names[0] : NULL;
	StoryAnswer answer = STORY_UNKNOWN;
	PGresult   *story;

	if (name != NULL)
		answer = story_find_patch(conn, name);
	if (answer == STORY_FOUND)
		wish->patch = name;
	else
		wish->object = name;
	if (answer != STORY_TROUBLE)
		answer = story_read(conn, wish, &story);
	if (answer == STORY_UNKNOWN)
		return command_story_unknown(conn, name, "patch or object", true);
	if (answer == STORY_TROUBLE)
		return STATUS_TROUBLE;
	print_story(options, story);
	PQclear(story);
	return STATUS_DONE;
}

/* Tell what happened to all, to a patch, or to an object. */
Status
command_log(Options *options)
{
	PGconn	   *conn = command_story_connect(options);
	StoryWish	wish = {0};
	char	   *since = NULL;
	Status		status = STATUS_TROUBLE;

	if (conn == NULL)
		return STATUS_TROUBLE;
	if (read_wish(options, conn, &wish, &since))
		status = tell(options, conn, &wish);
	pg_free(since);
	connection_close(conn);
	return status;
}
