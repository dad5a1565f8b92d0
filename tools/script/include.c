/*-------------------------------------------------------------------------
 *
 * script/include.c
 *		Where psql finds what a script includes
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "script/include.h"

/* What psql makes of a name that begins with a tilde. */
static char *
find_at_home(const char *name)
{
	char		home[MAXPGPATH];

	if ((name[1] != '/' && name[1] != '\0') || !get_home_path(home))
		return NULL;
	return psprintf("%s%s", home, name + 1);
}

char *
script_include_name(const char *script, const char *name, bool is_relative)
{
	char		path[MAXPGPATH];

	if (*name == '~')
		return find_at_home(name);
	if (!is_relative || is_absolute_path(name))
		return pg_strdup(name);
	strlcpy(path, script, sizeof(path));
	get_parent_directory(path);
	join_path_components(path, path, name);
	canonicalize_path(path);
	return pg_strdup(path);
}

char *
script_include_path(const char *directory, const char *name)
{
	char		path[MAXPGPATH];

	if (name == NULL || (directory == NULL && !is_absolute_path(name)))
		return NULL;
	if (is_absolute_path(name) || directory[0] == '\0')
		return pg_strdup(name);
	join_path_components(path, directory, name);
	return pg_strdup(path);
}
