/*-------------------------------------------------------------------------
 *
 * script/path.c
 *		Where psql finds the files that a script includes
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "script/path.h"

char *
script_path_find(const char *script, const char *name, bool is_relative)
{
	char		path[MAXPGPATH];

	if (!is_relative || is_absolute_path(name))
		return pg_strdup(name);
	strlcpy(path, script, sizeof(path));
	get_parent_directory(path);
	join_path_components(path, path, name);
	canonicalize_path(path);
	return pg_strdup(path);
}

char *
script_path_change(const char *directory, const char *name)
{
	char		path[MAXPGPATH];

	if (name == NULL)
		return NULL;
	if (is_absolute_path(name))
		return pg_strdup(name);
	if (directory == NULL)
		return NULL;
	if (directory[0] == '\0')
		return pg_strdup(name);
	join_path_components(path, directory, name);
	return pg_strdup(path);
}
