/*-------------------------------------------------------------------------
 *
 * base/name_table.c
 *		Numbers for names
 *
 * Gives each name a number, in the order in which they come, from 0 on: what
 * there is to know about a name goes into an array of its user.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/name_table.h"
#include "common/hashfn.h"
#include "common/logging.h"

typedef struct NameEntry
{
	char	   *name;
	int			number;
	uint32		hash;
	uint32		status;
} NameEntry;

#define SH_PREFIX name
#define SH_ELEMENT_TYPE NameEntry
#define SH_KEY_TYPE char *
#define SH_KEY name
#define SH_HASH_KEY(table, key) \
	hash_bytes((const unsigned char *) (key), strlen(key))
#define SH_EQUAL(table, a, b) (strcmp((a), (b)) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_RAW_ALLOCATOR pg_malloc0
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

NameTable *
name_table_create(int expected)
{
	return name_create(expected, NULL);
}

void
name_table_free(NameTable *table)
{
	name_iterator iterator;
	NameEntry  *entry;

	name_start_iterate(table, &iterator);
	while ((entry = name_iterate(table, &iterator)) != NULL)
		pg_free(entry->name);
	name_destroy(table);
}

int
name_table_find(NameTable *table, const char *name)
{
	NameEntry  *entry = name_lookup(table, unconstify(char *, name));

	return entry == NULL ? NAME_TABLE_NONE : entry->number;
}

int
name_table_add(NameTable *table, const char *name)
{
	bool		found;
	NameEntry  *entry = name_insert(table, unconstify(char *, name), &found);

	if (!found)
	{
		entry->name = pg_strdup(name);
		entry->number = (int) table->members - 1;
	}
	return entry->number;
}
