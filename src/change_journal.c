/*-------------------------------------------------------------------------
 *
 * change_journal.c
 *		The table _v.changes: what each command did to which object.
 *
 * See journal.c for how it is written, and change_life.c for what first_id is
 * about.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "change_journal.h"
#include "change_life.h"
#include "current_patch.h"
#include "journal.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

typedef enum ChangesColumn
{
	CHANGES_ID,
	CHANGES_FIRST_ID,
	CHANGES_HISTORY_ID,
	CHANGES_TRANSACTION_ID,
	CHANGES_CHANGED_AT,
	CHANGES_ROLE_NAME,
	CHANGES_SESSION_ROLE_NAME,
	CHANGES_COMMAND_TAG,
	CHANGES_OBJECT_TYPE,
	CHANGES_SCHEMA_NAME,
	CHANGES_IDENTITY,
	CHANGES_ACTION,
	CHANGES_PREVIOUS_IDENTITY,
	CHANGES_COLUMNS
} ChangesColumn;

#define CHANGES_COLUMN_COUNT (CHANGES_COLUMNS + 1)

/* As in the install script. */
static const ColumnDefinition columns[CHANGES_COLUMN_COUNT] = {
	[CHANGES_ID] = {"id", INT8OID},
	[CHANGES_FIRST_ID] = {"first_id", INT8OID},
	[CHANGES_HISTORY_ID] = {"history_id", INT8OID},
	[CHANGES_TRANSACTION_ID] = {"transaction_id", XID8OID},
	[CHANGES_CHANGED_AT] = {"changed_at", TIMESTAMPTZOID},
	[CHANGES_ROLE_NAME] = {"role_name", TEXTOID},
	[CHANGES_SESSION_ROLE_NAME] = {"session_role_name", TEXTOID},
	[CHANGES_COMMAND_TAG] = {"command_tag", TEXTOID},
	[CHANGES_OBJECT_TYPE] = {"object_type", TEXTOID},
	[CHANGES_SCHEMA_NAME] = {"schema_name", TEXTOID},
	[CHANGES_IDENTITY] = {"identity", TEXTOID},
	[CHANGES_ACTION] = {"action", TEXTOID},
	[CHANGES_PREVIOUS_IDENTITY] = {"previous_identity", TEXTOID},
	[CHANGES_COLUMNS] = {"columns", TEXTARRAYOID}
};

static const JournalDefinition definition = {
	"changes", columns, CHANGES_COLUMN_COUNT
};

static const char *const action_names[] = {
	[CHANGE_CREATED] = "created",
	[CHANGE_ALTERED] = "altered",
	[CHANGE_RENAMED] = "renamed",
	[CHANGE_MOVED] = "moved",
	[CHANGE_DROPPED] = "dropped"
};

/* The journal while a command's changes are written, and a row of it. */
typedef struct ChangeJournal
{
	Journal    *journal;
	LifeSearch *lives;			/* NULL until a life is asked for */
	Datum		values[CHANGES_COLUMN_COUNT];
	bool		nulls[CHANGES_COLUMN_COUNT];
} ChangeJournal;

/* Puts a string into a column of the row, and NULL for none. */
static void
set_string(ChangeJournal *journal, ChangesColumn column, const char *value)
{
	journal->nulls[column] = value == NULL;
	if (value != NULL)
		journal->values[column] = CStringGetTextDatum(value);
}

/* Puts in what is the same in all rows of a command: when, who, for what. */
static void
set_circumstances(ChangeJournal *journal)
{
	const CurrentPatch *patch = current_patch_get();
	FullTransactionId transaction = GetTopFullTransactionId();

	journal->nulls[CHANGES_HISTORY_ID] = patch == NULL;
	if (patch != NULL)
		journal->values[CHANGES_HISTORY_ID] =
			Int64GetDatum(patch->history_id);
	journal->values[CHANGES_TRANSACTION_ID] =
		UInt64GetDatum(U64FromFullTransactionId(transaction));
	journal->values[CHANGES_CHANGED_AT] =
		TimestampTzGetDatum(GetCurrentTimestamp());
	set_string(journal, CHANGES_ROLE_NAME,
			   GetUserNameFromId(GetUserId(), false));
	set_string(journal, CHANGES_SESSION_ROLE_NAME,
			   GetUserNameFromId(GetSessionUserId(), false));
}

/*
 * The life that the object of the change had until now, or 0 for none.  What
 * is created begins a new one.
 */
static int64
find_life(ChangeJournal *journal, const Change *change)
{
	if (change->action == CHANGE_CREATED && change->condition == CHANGE_ALWAYS)
		return 0;
	if (journal->lives == NULL)
	{
		const Journal *j = journal->journal;
		LifeColumns life_columns = {
			journal_column(j, CHANGES_ID),
			journal_column(j, CHANGES_FIRST_ID),
			journal_column(j, CHANGES_OBJECT_TYPE),
			journal_column(j, CHANGES_IDENTITY),
			journal_column(j, CHANGES_ACTION)
		};

		journal->lives = change_life_open(journal_table(j), life_columns);
	}
	return change_life_find(journal->lives, change->object_type,
							change->previous_identity != NULL ?
							change->previous_identity : change->identity);
}

/* Writes a change, if it is to be. */
static void
write_change(ChangeJournal *journal, const Change *change)
{
	int64		life = find_life(journal, change);
	int64		id;

	if (change->condition == CHANGE_IF_KNOWN && life == 0)
		return;
	if (change->condition == CHANGE_UNLESS_KNOWN && life != 0)
		return;

	id = journal_next_id(journal->journal);
	journal->values[CHANGES_ID] = Int64GetDatum(id);
	journal->values[CHANGES_FIRST_ID] = Int64GetDatum(life != 0 ? life : id);
	set_string(journal, CHANGES_COMMAND_TAG, change->command_tag);
	set_string(journal, CHANGES_OBJECT_TYPE, change->object_type);
	set_string(journal, CHANGES_SCHEMA_NAME, change->schema_name);
	set_string(journal, CHANGES_IDENTITY, change->identity);
	set_string(journal, CHANGES_ACTION, action_names[change->action]);
	set_string(journal, CHANGES_PREVIOUS_IDENTITY,
			   change->previous_identity);
	journal->values[CHANGES_COLUMNS] = PointerGetDatum(change->columns);
	journal->nulls[CHANGES_COLUMNS] = change->columns == NULL;
	journal_append_numbered(journal->journal, journal->values,
							journal->nulls);
}

void
change_journal_write(const ChangeSet *set)
{
	ChangeJournal journal = {0};
	ListCell   *lc;

	if (set->changes == NIL)
		return;
	journal.journal = journal_open(&definition);
	set_circumstances(&journal);
	foreach(lc, set->changes)
		write_change(&journal, lfirst(lc));
	if (journal.lives != NULL)
		change_life_close(journal.lives);
	journal_close(journal.journal);
}

bool
change_journal_was_written(void)
{
	return journal_was_written(&definition);
}
