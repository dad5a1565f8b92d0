/*-------------------------------------------------------------------------
 *
 * history/attempts.c
 *		The table _v.attempts: what became of files that were run.
 *
 * History is written in the transaction of a patch, so it can tell neither of
 * one that was rolled back nor of what one has done to other sessions until it
 * was committed.  Whoever runs the file can, afterwards.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/journal.h"
#include "catalog/pg_type.h"
#include "history/attempts.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"

typedef enum AttemptsColumn
{
	ATTEMPTS_ID,
	ATTEMPTS_ACTION,
	ATTEMPTS_PATCH_NAMES,
	ATTEMPTS_STARTED_AT,
	ATTEMPTS_DURATION,
	ATTEMPTS_OUTCOME,
	ATTEMPTS_SQLSTATE,
	ATTEMPTS_SESSIONS_WAITED,
	ATTEMPTS_LONGEST_WAIT,
	ATTEMPTS_WAITED_FOR,
	ATTEMPTS_SOURCE_FILE,
	ATTEMPTS_HISTORY_ID,
	ATTEMPTS_ROLE_NAME,
	ATTEMPTS_APPLICATION_NAME
} AttemptsColumn;

#define ATTEMPTS_COLUMN_COUNT (ATTEMPTS_APPLICATION_NAME + 1)

/* As in the install script. */
static const ColumnDefinition columns[ATTEMPTS_COLUMN_COUNT] = {
	[ATTEMPTS_ID] = {"id", INT8OID},
	[ATTEMPTS_ACTION] = {"action", TEXTOID},
	[ATTEMPTS_PATCH_NAMES] = {"patch_names", TEXTARRAYOID},
	[ATTEMPTS_STARTED_AT] = {"started_at", TIMESTAMPTZOID},
	[ATTEMPTS_DURATION] = {"duration", INTERVALOID},
	[ATTEMPTS_OUTCOME] = {"outcome", TEXTOID},
	[ATTEMPTS_SQLSTATE] = {"sqlstate", TEXTOID},
	[ATTEMPTS_SESSIONS_WAITED] = {"sessions_waited", INT4OID},
	[ATTEMPTS_LONGEST_WAIT] = {"longest_wait", INTERVALOID},
	[ATTEMPTS_WAITED_FOR] = {"waited_for", TEXTOID},
	[ATTEMPTS_SOURCE_FILE] = {"source_file", TEXTOID},
	[ATTEMPTS_HISTORY_ID] = {"history_id", INT8OID},
	[ATTEMPTS_ROLE_NAME] = {"role_name", TEXTOID},
	[ATTEMPTS_APPLICATION_NAME] = {"application_name", TEXTOID}
};

static const JournalDefinition attempts = {
	"attempts", columns, ATTEMPTS_COLUMN_COUNT
};

int64
history_attempts_add(FunctionCallInfo fcinfo)
{
	Datum		values[ATTEMPTS_COLUMN_COUNT] = {0};
	bool		nulls[ATTEMPTS_COLUMN_COUNT] = {0};
	Journal    *journal;
	int64		id;

	for (int i = ATTEMPTS_ACTION; i <= ATTEMPTS_HISTORY_ID; i++)
	{
		nulls[i] = PG_ARGISNULL(i - ATTEMPTS_ACTION);
		values[i] = PG_GETARG_DATUM(i - ATTEMPTS_ACTION);
	}
	values[ATTEMPTS_ROLE_NAME] =
		CStringGetTextDatum(GetUserNameFromId(GetUserId(), false));
	nulls[ATTEMPTS_APPLICATION_NAME] = application_name[0] == '\0';
	values[ATTEMPTS_APPLICATION_NAME] = CStringGetTextDatum(application_name);

	journal = journal_open(&attempts);
	id = journal_append(journal, values, nulls);
	journal_close(journal);
	return id;
}

bool
history_attempts_was_written(void)
{
	return journal_was_written(&attempts);
}
