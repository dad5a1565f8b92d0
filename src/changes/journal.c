/*-------------------------------------------------------------------------
 *
 * changes/journal.c
 *		The table _v.changes: what each command did to which object.
 *
 * See base/journal.c for how it is written, and changes/life.c for what
 * first_id is about.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "base/journal.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "changes/former.h"
#include "changes/journal.h"
#include "changes/life.h"
#include "changes/recall.h"
#include "history/current.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
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

/* Whoever restores what was dropped says so; see the header. */
static bool is_restoring = false;

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
	const CurrentPatch *patch = history_current_get();
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
			   GetUserNameFromId(GetSessionUserId(), true));
}

/* Gets ready to search for lives, the first time that it is called. */
static LifeSearch *
search_lives(ChangeJournal *journal)
{
	if (journal->lives == NULL)
	{
		const Journal *j = journal->journal;
		LifeColumns life_columns = {
			journal_column(j, CHANGES_ID),
			journal_column(j, CHANGES_FIRST_ID),
			journal_column(j, CHANGES_OBJECT_TYPE),
			journal_column(j, CHANGES_IDENTITY),
			journal_column(j, CHANGES_ACTION),
			journal_column(j, CHANGES_TRANSACTION_ID)
		};

		journal->lives = changes_life_open(journal_table(j), life_columns);
	}
	return journal->lives;
}

/* Remembers the life of an object, which this command has met. */
static void
remember(ChangeJournal *journal, const ObjectAddress *object, int64 id,
		 bool is_untold)
{
	RecalledLife life = {
		*object, id,
		DatumGetTimestampTz(journal->values[CHANGES_CHANGED_AT]), is_untold
	};

	changes_recall_remember(life);
}

/*
 * The life of an object that has none by its name: 0, unless an event trigger
 * has changed the object before we were told of the command that made or
 * renamed it.  What was renamed has the life of its former name.  For what is
 * new, a number is kept for the row that is still to come.
 */
static int64
find_former_life(ChangeJournal *journal, const Change *change)
{
	Former		former;
	int64		life = 0;

	if (!changes_former_find(&change->object, change->identity, &former))
		return 0;
	if (former.is_new)
		life = journal_next_id(journal->journal);
	else if (strcmp(former.identity, change->identity) != 0)
		life = changes_life_find(search_lives(journal), change->object_type,
								 former.identity);
	if (life != 0)
		remember(journal, &change->object, life, former.is_new);
	return life;
}

/*
 * Keeps a number for the relation of a column, if that is new and untold: what
 * happens to the column comes after.
 */
static void
keep_place_of_relation(ChangeJournal *journal, const ObjectAddress *column)
{
	ObjectAddress relation;

	if (column->classId != RelationRelationId || column->objectSubId == 0)
		return;
	if (get_rel_relkind(column->objectId) == RELKIND_COMPOSITE_TYPE)
		ObjectAddressSet(relation, TypeRelationId,
						 get_rel_type_id(column->objectId));
	else
		ObjectAddressSet(relation, RelationRelationId, column->objectId);
	if (changes_recall(&relation) == NULL && changes_former_is_new(&relation))
		remember(journal, &relation, journal_next_id(journal->journal), true);
}

/* The life that the object of the change had until now, or 0 for none. */
static int64
find_life(ChangeJournal *journal, const Change *change)
{
	const RecalledLife *recalled = changes_recall(&change->object);
	int64		life;

	if (recalled != NULL)
		return recalled->id;
	if (change->condition == CHANGE_ALWAYS)
		keep_place_of_relation(journal, &change->object);
	life = changes_life_find(search_lives(journal), change->object_type,
							 change->previous_identity != NULL ?
							 change->previous_identity : change->identity);
	if (life == 0 && change->condition == CHANGE_ALWAYS &&
		change->action != CHANGE_DROPPED)
		life = find_former_life(journal, change);
	return life;
}

/* Writes a row. */
static void
write_row(ChangeJournal *journal, const Change *change, int64 id, int64 life)
{
	journal->values[CHANGES_ID] = Int64GetDatum(id);
	journal->values[CHANGES_FIRST_ID] = Int64GetDatum(life);
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

/*
 * Writes that an object was created, in the place that was kept for it when
 * another change of it was told before: when it was met, and as it was called
 * then, if that change is there.
 */
static void
write_late_creation(ChangeJournal *journal, const Change *change,
					const RecalledLife *recalled, bool was_changed)
{
	Datum		now = journal->values[CHANGES_CHANGED_AT];
	Change		created = *change;
	Former		former;

	if (was_changed &&
		changes_former_find(&change->object, change->identity, &former))
	{
		created.identity = former.identity;
		if (former.schema_name != NULL)
			created.schema_name = former.schema_name;
	}
	journal->values[CHANGES_CHANGED_AT] =
		TimestampTzGetDatum(recalled->since);
	write_row(journal, &created, recalled->id, recalled->id);
	journal->values[CHANGES_CHANGED_AT] = now;
	remember(journal, &change->object, recalled->id, false);
}

/* The life that a new object continues, since it is restored, or 0. */
static int64
find_ended_life(ChangeJournal *journal, const Change *change)
{
	return !is_restoring ? 0 :
		changes_life_find_ended(search_lives(journal), change->object_type,
								change->identity);
}

/* Writes that an object was created, unless that is known. */
static void
write_creation(ChangeJournal *journal, const Change *change)
{
	const RecalledLife *recalled = changes_recall(&change->object);
	int64		id;
	int64		life;

	if (recalled != NULL)
	{
		id = changes_life_first(search_lives(journal), recalled->id);
		if (id != recalled->id)
			write_late_creation(journal, change, recalled, id != 0);
		return;
	}
	if (change->condition == CHANGE_UNLESS_KNOWN &&
		find_life(journal, change) != 0)
		return;
	life = find_ended_life(journal, change);
	id = journal_next_id(journal->journal);
	if (life == 0)
		life = id;
	write_row(journal, change, id, life);
	remember(journal, &change->object, life, false);
}

/* Writes a change, if it is to be. */
static void
write_change(ChangeJournal *journal, const Change *change)
{
	int64		life;
	int64		id;

	if (change->action == CHANGE_CREATED)
	{
		write_creation(journal, change);
		return;
	}
	life = find_life(journal, change);
	if (change->condition == CHANGE_IF_KNOWN && life == 0)
		return;
	id = journal_next_id(journal->journal);
	write_row(journal, change, id, life != 0 ? life : id);
}

void
changes_journal_write(const ChangeSet *set)
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
		changes_life_close(journal.lives);
	journal_close(journal.journal);
}

bool
changes_journal_set_restoring(bool restoring)
{
	bool		before = is_restoring;

	is_restoring = restoring;
	return before;
}

bool
changes_journal_was_written(void)
{
	return journal_was_written(&definition);
}
