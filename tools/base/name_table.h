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

extern NameTable *name_table_create(int expected);
extern int	name_table_find(NameTable *table, const char *name);
extern int	name_table_add(NameTable *table, const char *name);
extern void name_table_free(NameTable *table);

#endif							/* BASE_NAME_TABLE_H */
