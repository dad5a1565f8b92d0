/*-------------------------------------------------------------------------
 *
 * changes/changes.h
 *		What a command did to an object.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANGES_H
#define CHANGES_H

#include "catalog/objectaddress.h"
#include "utils/array.h"
#include "utils/hsearch.h"

typedef enum ChangeAction
{
	CHANGE_CREATED,
	CHANGE_ALTERED,
	CHANGE_RENAMED,
	CHANGE_MOVED,
	CHANGE_DROPPED
} ChangeAction;

/* Whether a change is written may depend on what is known of the object. */
typedef enum ChangeCondition
{
	CHANGE_ALWAYS,
	CHANGE_IF_KNOWN,			/* only if its life is being recorded */
	CHANGE_UNLESS_KNOWN			/* only if it is not */
} ChangeCondition;

typedef struct Change
{
	ObjectAddress object;
	ChangeAction action;
	ChangeCondition condition;
	const char *command_tag;
	const char *object_type;	/* these three as pg_identify_object() */
	const char *schema_name;	/* has them; NULL where there is none */
	const char *identity;
	const char *previous_identity;	/* renamed or moved from, else NULL */
	ArrayType  *columns;		/* of a relation that was created, else NULL */
} Change;

/* The changes that one command made, in order, each object once. */
typedef struct ChangeSet
{
	const char *command_tag;	/* for changes that come from here on */
	List	   *changes;
	HTAB	   *seen;			/* addresses of those objects */
} ChangeSet;

/* An empty set, in the current memory context. */
extern ChangeSet *changes_create(void);

/*
 * Adds what happened to an object that is still there.  Returns the change, or
 * NULL where changes_add_described() does, or if it is not there.  A
 * composite type is a type, never the relation of it, and whatever happens
 * to a NOT NULL constraint alters its column or domain.
 */
extern Change *changes_add(ChangeSet *set, const ObjectAddress *object,
						   ChangeAction action);

/*
 * Adds what happened to an object that the caller has described.  Returns the
 * change, or NULL if there is one of the same object already, or the object is
 * there and temporary.
 */
extern Change *changes_add_described(ChangeSet *set,
									 const ObjectAddress *object,
									 ChangeAction action,
									 const char *object_type,
									 const char *schema_name,
									 const char *identity);

/* The type of NOT NULL constraints, in pg_constraint since version 18 */
#define CHANGE_CONTYPE_NOT_NULL 'n'

#endif							/* CHANGES_H */
