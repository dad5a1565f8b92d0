/*-------------------------------------------------------------------------
 *
 * script_outline_fuzzer.c
 *		Feeds any bytes to the readers of whole scripts
 *
 * For libFuzzer; see "run" beside it.  Besides not to crash, what an outline
 * says of a script must not contradict itself.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <unistd.h>

#include "check/check.h"
#include "psql/query.h"

extern int	LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

static const char path[] = "script.sql";

/* Make the bytes a file of that path. */
static void
write_script(const uint8 *data, size_t size)
{
	int			fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, data, size) != (ssize_t) size || close(fd) < 0)
		abort();
}

/* Make the text of each query of the outline of these bytes. */
static void
write_queries(const ScriptOutline *outline, const FileBytes *bytes)
{
	PQExpBufferData text;
	int			i;

	initPQExpBuffer(&text);
	for (i = 0; i < outline->query_count; i++)
	{
		const OutlineQuery *query = &outline->queries[i];

		if (query->length == 0 ||
			(size_t) query->start + query->length > bytes->length)
			abort();
		psql_query_append(&text, bytes->text + query->start, query->length);
	}
	termPQExpBuffer(&text);
}

/* Read the script from its bytes. */
static void
read_bytes(void)
{
	FileBytes	bytes;
	ScriptOutline *outline;

	if (!file_bytes_open(&bytes, path))
		abort();
	outline = script_outline_read(path, &bytes, false);
	write_queries(outline, &bytes);
	script_outline_free(outline);
	file_bytes_free(&bytes);
}

/* Read the script in all ways that there are. */
int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	ScriptOutline *outline;
	ProblemList findings;

	write_script(data, size);
	read_bytes();
	outline = script_outline_read(path, NULL, true);
	if (outline->is_atomic != (outline->outside_line == 0))
		abort();
	if (outline->is_wrapped !=
		(!outline->has_transaction && !outline->directives->no_transaction))
		abort();

	memset(&findings, 0, sizeof(findings));
	findings.main_path = path;
	check_transactions(outline, &findings);
	problem_sort(&findings);
	problem_free(&findings);
	script_outline_free(outline);
	return 0;
}
