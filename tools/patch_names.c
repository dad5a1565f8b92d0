/*-------------------------------------------------------------------------
 *
 * patch_names.c
 *		Which file registers which patch
 *
 * All that needs to be remembered of a file that has been dealt with, to
 * notice when another registers the same.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "common/hashfn.h"
#include "common/logging.h"
#include "patch_names.h"

typedef struct NameEntry
{
	char	   *name;
	const char *path;			/* of the first registration; not owned */
	int			line;
	uint32		hash;
	uint32		status;
} NameEntry;

#define SH_PREFIX names
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

/* An empty table for about so many names; free it with patch_names_free. */
PatchNames *
patch_names_create(int expected)
{
	return names_create(expected, NULL);
}

/* Free the table; the paths in it are the caller's. */
void
patch_names_free(PatchNames *names)
{
	names_iterator iterator;
	NameEntry  *entry;

	names_start_iterate(names, &iterator);
	while ((entry = names_iterate(names, &iterator)) != NULL)
		pg_free(entry->name);
	names_destroy(names);
}

/*
 * Note what a file registers, whose path must outlive the table, and complain
 * about what has been registered before.
 */
void
patch_names_add(PatchNames *names, const char *path, const PatchFile *file,
				ComplaintList *complaints)
{
	int			i;

	for (i = 0; i < file->count; i++)
	{
		const PatchCall *call = &file->calls[i];
		NameEntry  *entry;
		bool		found;

		if (call->action == PATCH_UNREGISTER)
			continue;
		entry = names_insert(names, call->name, &found);
		if (found)
			complaint_add(complaints, COMPLAINT_WARNING, path, call->line,
						  "patch \"%s\" is registered by %s:%d too",
						  call->name, entry->path, entry->line);
		else
		{
			entry->name = pg_strdup(call->name);
			entry->path = path;
			entry->line = call->line;
		}
	}
}
