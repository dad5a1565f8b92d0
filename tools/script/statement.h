/*-------------------------------------------------------------------------
 *
 * script/statement.h
 *		What a statement is to the transaction that it stands in
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_STATEMENT_H
#define SCRIPT_STATEMENT_H

#include "sql/words.h"

typedef enum StatementKind
{
	STATEMENT_WORK,				/* may leave something behind: most do */
	STATEMENT_SETTING,			/* of the session, a lock, an assertion */
	STATEMENT_BEGIN,
	STATEMENT_COMMIT,
	STATEMENT_ROLLBACK,
	STATEMENT_PREPARE,			/* PREPARE TRANSACTION */
	STATEMENT_FINISH,			/* COMMIT PREPARED, ROLLBACK PREPARED */
	STATEMENT_SAVEPOINT,		/* and what goes back to one */

	/* What is no statement and counts for transactions, too */
	STATEMENT_CONNECT,			/* \connect */
	STATEMENT_MANUAL,			/* AUTOCOMMIT is switched off */
	STATEMENT_AUTOMATIC,		/* or on */
	STATEMENT_FLAW				/* what follows it may not be what it seems */
} StatementKind;

/* What may be there of what was run, and not noted as done */
typedef enum ScriptPartKind
{
	PART_IS_ATOMIC,				/* nothing: what is to be noted goes with it */
	PART_IS_SETTING,			/* nothing but settings of the session */
	PART_IS_REPEATABLE,			/* what does not matter if it is run again */
	PART_IS_WHOLE,				/* all, if there was no error */
	PART_IS_PIECES,				/* a part of it, whatever there was */
	PART_CREATES_INDEX,			/* and these, CONCURRENTLY, what can be */
	PART_DROPS_INDEX,			/* looked up */
	PART_REINDEXES,
	PART_DETACHES
} ScriptPartKind;

/* What is known of a statement from its words */
typedef struct StatementTraits
{
	StatementKind kind;
	const char *ban;			/* what it is, if it cannot run inside a
								 * transaction block, or NULL */
	const char *need;			/* the same, outside one */
	ScriptPartKind part;		/* as one, outside a transaction block */
	bool		chains;			/* it ends a transaction and begins the next */
	bool		is_for_psql;	/* only psql runs it as it should be run */
	bool		is_patient;		/* its lock is in the way of nobody who reads
								 * or writes */
	bool		lets_slot_go;	/* ALTER SUBSCRIPTION, so it can be dropped */
} StatementTraits;

/* Where in the scripts something stands */
typedef struct ScriptPlace
{
	const char *path;			/* the script's, or that of one it includes */
	int			line;
	int			main_line;		/* the script's, which may include it */
	bool		is_doubtful;	/* it depends on an \if whether it is run */
} ScriptPlace;

/* A statement that is sent to the server, or something else that counts */
typedef struct ScriptStatement
{
	ScriptPlace place;
	const StatementTraits *traits;
	int			registrations;	/* calls that register a patch */
	int			removals;		/* calls that take one back */
	int			number;			/* in its query, from 0 */
	int			siblings;		/* how many others are in its query */
} ScriptStatement;

/*
 * The traits of the statement that begins with the current word.  Which
 * statements cannot run inside a transaction block is taken as in the latest
 * release, and as far as the statement says it: whether the table of REINDEX
 * TABLE is partitioned, or what a procedure does, is not among that.
 */
extern const StatementTraits *script_statement_traits(StatementWords words);

#endif							/* SCRIPT_STATEMENT_H */
