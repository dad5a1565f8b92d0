/*-------------------------------------------------------------------------
 *
 * changes/object.h
 *		What is asked about an object: its identity, is it temporary?
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANGES_OBJECT_H
#define CHANGES_OBJECT_H

#include "catalog/objectaddress.h"

/* The identity of an object, or NULL if it is not there. */
extern char *changes_object_identity(const ObjectAddress *object);

/*
 * Is the object, which is there, temporary, or of a TOAST table?  It is if its
 * schema is, or that of the table that it is a part of, never by its name.
 */
extern bool changes_object_is_temporary(const ObjectAddress *object);

/* Does the identity of such an object lack a schema, but name a table's? */
extern bool changes_object_is_part_of_table(const ObjectAddress *object);

/*
 * The same of a schema, by its name, which nobody can give to another one:
 * such names are PostgreSQL's.  NULL is no such name.
 */
extern bool changes_object_is_temporary_schema(const char *name);

#endif							/* CHANGES_OBJECT_H */
