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

#endif							/* VERSIONING_JOURNAL_H */
