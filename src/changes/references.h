/*-------------------------------------------------------------------------
 *
 * changes/references.h
 *		Objects that have the name of another one in their own identity.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANGES_REFERENCES_H
#define CHANGES_REFERENCES_H

#include "changes/changes.h"
#include "nodes/pg_list.h"

/* How a name stands in the identities of others. */
typedef enum ReferenceKind
{
	REFERENCE_OBJECT,			/* schema.name: of a table, or of a type */
	REFERENCE_SCHEMA,			/* before all that is in it */
	REFERENCE_END				/* words at the end: "on server name" */
} ReferenceKind;

typedef struct Reference
{
	ReferenceKind kind;
	const char *now;			/* how it is spelled now */
	const char *before;			/* and was before */
} Reference;

/*
 * Adds the objects, if there is something known of them, whose identities have
 * changed because this one is called by another name now.
 */
extern void changes_references_add(ChangeSet *set, ChangeAction action,
								   const ObjectAddress *object,
								   const Reference *reference);

/* The objects that depend on this one: a list of ObjectAddress. */
extern List *changes_references_dependents(const ObjectAddress *object);

#endif							/* CHANGES_REFERENCES_H */
