/*-------------------------------------------------------------------------
 *
 * command/conf.c
 *		versioning.conf, the file of a project's options
 *
 * It is written as postgresql.conf is: a line has a key and a value, with or
 * without an equals sign; a value that is more than a word is quoted, '' in it
 * is a quote; # begins a comment.  A line [NAME] begins what is for a target
 * only, as in pg_service.conf.
 *
 * The file in the current directory is read whoever has written it: the
 * scripts there are run as well.  Above, it must belong to the owner of the
 * current directory, to the user or to root, and so must a symbolic link to
 * it, so that nobody can put one into /tmp for all that work somewhere below.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file_bytes.h"
#include "command/conf.h"
#include "pqexpbuffer.h"

/* How far up to look */
#define MAX_DEPTH 64

static const char blanks[] = " \t\r\f\v";

/* May this user say what is run, from above the current directory? */
static bool
is_trusted(uid_t user)
{
	struct stat here;

	return user == geteuid() || user == 0 ||
		(stat(".", &here) == 0 && here.st_uid == user);
}

/* Are these the same directory? */
static bool
is_same(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* Find the file, and set where it is; false if there is none. */
static bool
find_file(Conf *conf, ProblemList *problems)
{
	PQExpBufferData directory;
	int			depth;

	initPQExpBuffer(&directory);
	for (depth = 0; depth < MAX_DEPTH; depth++)
	{
		char	   *path = psprintf("%s%s", directory.data, CONF_FILE);
		struct stat file;
		struct stat link;
		struct stat here;
		struct stat above;

		if (stat(path, &file) == 0 && S_ISREG(file.st_mode) &&
			lstat(path, &link) == 0)
		{
			if (depth == 0 ||
				(is_trusted(file.st_uid) && is_trusted(link.st_uid)))
			{
				conf->path = path;
				conf->directory = directory.data;
				return true;
			}
			problem_add(problems, PROBLEM_WARNING, path, 0,
						"this file is left alone, since it belongs to "
						"somebody else");
		}
		pg_free(path);
		path = psprintf("%s.", directory.data);
		appendPQExpBufferStr(&directory, "../");
		if (stat(path, &here) != 0 || stat(directory.data, &above) != 0 ||
			is_same(&here, &above))
			depth = MAX_DEPTH;
		pg_free(path);
	}
	termPQExpBuffer(&directory);
	return false;
}

/* What is wrong with a line. */
static bool
complain(const Conf *conf, ProblemList *problems, int line, const char *what)
{
	problem_add(problems, PROBLEM_ERROR, conf->path, line, "%s", what);
	return false;
}

/* Is there nothing more in a line? */
static bool
is_over(const char *text)
{
	text += strspn(text, blanks);
	return *text == '\0' || *text == '#';
}

/* Read the value that is quoted; NULL if the quote is not closed. */
static char *
read_quoted(const char **text)
{
	const char *p = *text + 1;
	char	   *value = pg_malloc(strlen(p) + 1);
	char	   *end = value;

	for (; *p != '\0'; p++)
	{
		if (*p == '\'' && *++p != '\'')
		{
			*end = '\0';
			*text = p;
			return value;
		}
		*end++ = *p;
	}
	pg_free(value);
	return NULL;
}

/* Read a word, which a character of "ends" or a comment ends. */
static char *
read_word(const char **text, const char *ends)
{
	size_t		length = strcspn(*text, ends);
	char	   *word = pnstrdup(*text, length);

	*text += length;
	return word;
}

/* Read a line that begins a target. */
static bool
read_target(Conf *conf, ProblemList *problems, const char *text, int line)
{
	char	   *name;

	text++;
	name = read_word(&text, "]");
	if (*text != ']' || name[0] == '\0' || !is_over(text + 1))
	{
		pg_free(name);
		return complain(conf, problems, line,
						"a target begins with its name in brackets, such as "
						"[production]");
	}
	if (command_conf_target(conf, name) != NULL)
	{
		pg_free(name);
		return complain(conf, problems, line, "this target is there already");
	}
	ARRAY_MAKE_ROOM(conf->targets, conf->target_count);
	conf->targets[conf->target_count++] = name;
	return true;
}

/* Read a line that has a key. */
static bool
read_setting(Conf *conf, ProblemList *problems, const char *text, int line)
{
	ConfLine	setting = {NULL};

	setting.line = line;
	setting.key = read_word(&text, " \t\r\f\v=#'");
	text += strspn(text, blanks);
	if (*text == '=')
		text += 1 + strspn(text + 1, blanks);
	setting.value = *text == '\'' ? read_quoted(&text) :
		read_word(&text, " \t\r\f\v#'");
	if (setting.key[0] == '\0' || setting.value == NULL || !is_over(text))
	{
		pg_free(setting.key);
		pg_free(setting.value);
		return complain(conf, problems, line,
						"a line must be KEY = VALUE; a value with blanks or "
						"quotes stands in single quotes");
	}
	if (conf->target_count > 0)
		setting.target = conf->targets[conf->target_count - 1];
	ARRAY_MAKE_ROOM(conf->lines, conf->count);
	conf->lines[conf->count++] = setting;
	return true;
}

/*
 * Read all lines of a text, which is written to.  Some editors begin it with
 * the mark of UTF-8.
 */
static void
read_lines(Conf *conf, ProblemList *problems, char *text)
{
	static const char mark[] = "\xEF\xBB\xBF";
	int			line = 0;
	char	   *next = text;

	if (strncmp(text, mark, strlen(mark)) == 0)
		next += strlen(mark);
	while (next != NULL)
	{
		const char *p = strsep(&next, "\n");

		line++;
		p += strspn(p, blanks);
		if (*p == '[')
			read_target(conf, problems, p, line);
		else if (!is_over(p))
			read_setting(conf, problems, p, line);
	}
}

void
command_conf_read(Conf *conf, ProblemList *problems)
{
	FileBytes	bytes = {0};

	memset(conf, 0, sizeof(*conf));
	if (!find_file(conf, problems))
		return;
	if (!file_bytes_open(&bytes, conf->path))
		problem_add(problems, PROBLEM_ERROR, conf->path, 0,
					"could not read: %m");
	else if (memchr(bytes.text, '\0', bytes.length) != NULL)
		complain(conf, problems, 0, "there is a zero byte in it");
	else
	{
		char	   *text = pnstrdup(bytes.text, bytes.length);

		read_lines(conf, problems, text);
		pg_free(text);
	}
	file_bytes_free(&bytes);
}

const char *
command_conf_target(const Conf *conf, const char *name)
{
	int			i;

	for (i = 0; i < conf->target_count; i++)
		if (strcmp(conf->targets[i], name) == 0)
			return conf->targets[i];
	return NULL;
}

bool
command_conf_says(const Conf *conf, const char *target, const char *key)
{
	int			i;

	for (i = 0; i < conf->count; i++)
		if (conf->lines[i].target == target &&
			strcmp(conf->lines[i].key, key) == 0)
			return true;
	return false;
}

char *
command_conf_place(const Conf *conf, const char *path)
{
	if (conf->directory == NULL || is_absolute_path(path))
		return pg_strdup(path);
	return psprintf("%s%s", conf->directory, path);
}

void
command_conf_free(Conf *conf)
{
	int			i;

	for (i = 0; i < conf->count; i++)
	{
		pg_free(conf->lines[i].key);
		pg_free(conf->lines[i].value);
	}
	for (i = 0; i < conf->target_count; i++)
		pg_free(conf->targets[i]);
	pg_free(conf->lines);
	pg_free(conf->targets);
	pg_free(conf->path);
	free(conf->directory);
	memset(conf, 0, sizeof(*conf));
}
