/*-------------------------------------------------------------------------
 *
 * base/name_table.h
 *		Numbers for names
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_NAME_TABLE_H
#define BASE_NAME_TABLE_H

/* A name that is not there */
#define NAME_TABLE_NONE (-1)

typedef struct name_hash NameTable;

/* An empty table for about so many names; free it with name_table_free. */
extern NameTable *name_table_create(int expected);

/* The number of the name, or NAME_TABLE_NONE. */
extern int	name_table_find(NameTable *table, const char *name);

/*
 * The number of the name, which is added if it is new: then its number is as
 * many as there were before.
 */
extern int	name_table_add(NameTable *table, const char *name);

/* Free the table with its copies of the names. */
extern void name_table_free(NameTable *table);

#endif							/* BASE_NAME_TABLE_H */
