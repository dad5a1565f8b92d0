/*-------------------------------------------------------------------------
 *
 * journal.h
 *		A table that only we write, a row after the other.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSIONING_JOURNAL_H
#define VERSIONING_JOURNAL_H

#include "columns.h"

/* A journal, as the install script defines it. */
typedef struct JournalDefinition
{
	const char *table;			/* its name, in the schema _v */
	const ColumnDefinition *columns;	/* the first one is id bigint GENERATED
										 * ALWAYS AS IDENTITY */
	int			count;			/* of them */
} JournalDefinition;

typedef struct Journal Journal;

extern Journal *journal_open(const JournalDefinition *definition);
extern int64 journal_append(Journal *journal, Datum *values,
							const bool *nulls);
extern void journal_close(Journal *journal);

extern int64 journal_next_id(Journal *journal);
extern void journal_append_numbered(Journal *journal, Datum *values,
									const bool *nulls);
extern Relation journal_table(const Journal *journal);
extern AttrNumber journal_column(const Journal *journal, int column);

#endif							/* VERSIONING_JOURNAL_H */
