/*-------------------------------------------------------------------------
 *
 * psql/source.c
 *		The bytes of a script, as many as are needed
 *
 * A script may be a few lines, or a dump of many gigabytes with one call at
 * its top.  The whole of it is searched for the last place that may hold a
 * call, piece by piece in one buffer that stays in the processor's cache.
 * Then only the beginning up to that place is read into memory, and some
 * more, and still more if the statement there turns out to be longer.
 *
 * What fits into the buffer is read once; so is what can be read only once,
 * a pipe, which is kept as a whole.  Who wants to see all of a large file
 * gets it mapped into memory.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psql/source.h"
#include "sql/call_search.h"

#define PIECE (128 * 1024)

/* A larger file is not copied into memory, if all of it is wanted. */
#define MOST_COPIED (1024 * 1024)

/*
 * Read until "size" bytes are there or the file ends.  Returns the number of
 * bytes, or -1 with errno set.
 */
static ssize_t
read_fully(int fd, char *buffer, size_t size)
{
	size_t		done = 0;

	while (done < size)
	{
		ssize_t		count = read(fd, buffer + done, size - done);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -1;
		if (count == 0)
			break;
		done += count;
	}
	return done;
}

/* Note the line of the first NUL in the text, if there is one. */
static void
note_nul(ScriptSource *source)
{
	const char *nul = memchr(source->text, '\0', source->length);
	const char *p = source->text;

	if (nul == NULL)
		return;
	for (source->nul_line = 1; (p = memchr(p, '\n', nul - p)) != NULL; p++)
		source->nul_line++;
}

/* Note the same in a file that can be read again: one is in it. */
static bool
find_nul(ScriptSource *source)
{
	if (lseek(source->fd, 0, SEEK_SET) < 0)
		return false;
	for (source->nul_line = 1;;)
	{
		const char *p = source->text;
		const char *nul;
		ssize_t		count = read_fully(source->fd, source->text, PIECE);

		if (count <= 0)
			return count == 0;
		nul = memchr(p, '\0', count);
		for (count = nul != NULL ? nul - p : count;
			 (p = memchr(p, '\n', source->text + count - p)) != NULL; p++)
			source->nul_line++;
		if (nul != NULL)
			return true;
	}
}

/* Make room for "space" bytes of text. */
static void
make_room(ScriptSource *source, size_t space)
{
	if (source->space >= space)
		return;
	if (source->text == source->small)
	{
		source->text = pg_malloc(space);
		memcpy(source->text, source->small, source->length);
	}
	else
		source->text = pg_realloc(source->text, space);
	source->space = space;
}

/* Read on until there are "length" bytes of text, or the file ends. */
static bool
read_up_to(ScriptSource *source, size_t length)
{
	ssize_t		count = read_fully(source->fd, source->text + source->length,
								   length - source->length);

	if (count < 0)
		return false;
	source->length += count;
	source->is_whole = source->length < length;
	return true;
}

/* Read all the rest of the file, after what is there. */
static bool
read_rest(ScriptSource *source)
{
	while (!source->is_whole)
	{
		make_room(source, 2 * source->space);
		if (!read_up_to(source, source->space))
			return false;
	}
	return true;
}

const char *
psql_source_refusal(const char *text, size_t length)
{
	if (length >= 5 && memcmp(text, "PGDMP", 5) == 0)
		return "a dump in custom format, which psql does not run";
	if (length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 ||
						memcmp(text, "\xFE\xFF", 2) == 0))
		return "encoded in UTF-16, which psql does not read";
	return NULL;
}

/* Note the last place, given that of a piece that begins at "offset". */
static void
note_place(ScriptSource *source, size_t offset, size_t place)
{
	if (place != CALL_SEARCH_NONE)
		source->last_place = offset + place;
}

/*
 * Search a large file that can be read again.  The buffer holds the first
 * piece; of each piece, a little is kept before the next one, as a place may
 * be on the border.
 */
static bool
search_pieces(ScriptSource *source)
{
	const size_t overlap = CALL_SEARCH_OVERLAP;
	size_t		offset = 0;
	size_t		length = source->length;
	bool		has_nul = false;

	for (;;)
	{
		ssize_t		count;

		has_nul |= memchr(source->text, '\0', length) != NULL;
		note_place(source, offset, sql_call_search_last(source->text, length));
		if (length < overlap)
			break;
		memmove(source->text, source->text + length - overlap, overlap);
		offset += length - overlap;
		count = read(source->fd, source->text + overlap, PIECE);
		if (count < 0 && errno == EINTR)
			count = 0;
		else if (count < 0)
			return false;
		else if (count == 0)
			break;
		length = overlap + count;
	}

	if (has_nul && !find_nul(source))
		return false;

	/* Only a place makes it necessary to have the text */
	source->length = 0;
	if (source->last_place == CALL_SEARCH_NONE)
		source->is_whole = true;
	return true;
}

/*
 * Read the beginning of the file, as much as fits into the small buffer, and
 * look whether it is a script.
 */
static bool
open_source(ScriptSource *source, int fd)
{
	source->fd = fd;
	source->text = source->small;
	source->length = 0;
	source->space = SCRIPT_SOURCE_SMALL;
	source->is_whole = false;
	source->last_place = CALL_SEARCH_NONE;
	source->not_a_script = NULL;
	source->nul_line = 0;
	source->mapped = 0;

	if (!read_up_to(source, source->space))
		return false;
	source->not_a_script = psql_source_refusal(source->text,
											   source->length);
	return true;
}

bool
psql_source_open(ScriptSource *source, int fd)
{
	if (!open_source(source, fd))
		return false;
	if (source->not_a_script != NULL)
		return true;
	if (!source->is_whole)
	{
		make_room(source, PIECE + CALL_SEARCH_OVERLAP);
		if (!read_up_to(source, PIECE))
			return false;
	}
	if (!source->is_whole)
	{
		if (lseek(fd, 0, SEEK_CUR) == PIECE)
			return search_pieces(source);
		if (!read_rest(source))
			return false;
	}
	note_nul(source);
	note_place(source, 0, sql_call_search_last(source->text, source->length));
	return true;
}

/* Map the file into memory.  Returns false if this is not possible. */
static bool
map_file(ScriptSource *source)
{
	struct stat status;
	void	   *text;

	if (fstat(source->fd, &status) < 0 || !S_ISREG(status.st_mode) ||
		status.st_size <= 0 || (uintmax_t) status.st_size > SIZE_MAX)
		return false;
	text = mmap(NULL, status.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
				source->fd, 0);
	if (text == MAP_FAILED)
		return false;
	psql_source_free(source);
	source->text = text;
	source->length = source->mapped = status.st_size;
	source->is_whole = true;
	return true;
}

bool
psql_source_open_whole(ScriptSource *source, int fd)
{
	if (!open_source(source, fd))
		return false;
	if (source->not_a_script != NULL)
		return true;
	if (!source->is_whole)
	{
		make_room(source, MOST_COPIED);
		if (!read_up_to(source, MOST_COPIED))
			return false;
	}
	if (!source->is_whole && !map_file(source) && !read_rest(source))
		return false;
	note_nul(source);
	return true;
}

bool
psql_source_extend(ScriptSource *source)
{
	size_t		wanted = Max(source->last_place + PIECE, 2 * source->space);

	make_room(source, wanted);
	if (lseek(source->fd, 0, SEEK_SET) < 0)
		return false;
	source->length = 0;
	return read_up_to(source, wanted);
}

void
psql_source_free(ScriptSource *source)
{
	if (source->mapped > 0)
		munmap(source->text, source->mapped);
	else if (source->text != source->small)
		pg_free(source->text);
	source->text = NULL;
}
