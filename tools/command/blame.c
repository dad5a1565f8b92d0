/*-------------------------------------------------------------------------
 *
 * command/blame.c
 *		versioning blame: who changed this object, and with which patch
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/pager.h"
#include "base/report.h"
#include "command/story.h"
#include "show/show.h"

/* Print the life of an object. */
static void
print_life(const Options *options, const PGresult *life)
{
	FILE	   *stream;

	if (options->deploy.is_json)
	{
		fputs("{\"changes\": ", stdout);
		show_story_print_life_array(life);
		puts("}");
	}
	else if (PQntuples(life) == 0 && !options->deploy.is_quiet)
		printf("No change of \"%s\" has been recorded.\n",
			   report_printable(options->names[0]));
	else if (PQntuples(life) > 0)
	{
		stream = pager_open();
		show_story_print_life(stream, life);
		pager_close(stream);
	}
}

/* Tell the life of an object, from its beginning. */
Status
command_blame(Options *options)
{
	PGconn	   *conn = command_story_connect(options);
	const char *object = options->names[0];
	PGresult   *life;
	Status		status = STATUS_TROUBLE;

	if (conn == NULL)
		return STATUS_TROUBLE;
	switch (story_read_life(conn, object, &life))
	{
		case STORY_FOUND:
			print_life(options, life);
			PQclear(life);
			status = STATUS_DONE;
			break;
		case STORY_UNKNOWN:
			status = command_story_unknown(conn, object, "object", false);
			break;
		case STORY_TROUBLE:
			break;
	}
	connection_close(conn);
	return status;
}
