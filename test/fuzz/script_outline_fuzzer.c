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

#include "check_transactions.h"

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

/* Read the script in both ways that there are. */
int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	ScriptOutline *outline;
	FindingList findings;

	write_script(data, size);
	outline = script_outline_read(path);
	if (outline->is_atomic != (outline->outside_line == 0))
		abort();
	if (!outline->has_transaction && !outline->no_transaction &&
		!outline->is_atomic)
		abort();

	memset(&findings, 0, sizeof(findings));
	findings.main_path = path;
	check_transactions(path, outline, &findings);
	finding_sort(&findings);
	finding_free(&findings);
	script_outline_free(outline);
	return 0;
}
