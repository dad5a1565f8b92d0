/*-------------------------------------------------------------------------
 *
 * max_rss.c
 *		Print the memory that a program takes at most, in kilobytes
 *
 * usage: max_rss PROGRAM [ARGUMENT]...
 *
 * What the program prints is thrown away.  Of the processes that it starts and
 * waits for, the greatest counts, if that is greater than the program itself.
 *
 * This is not part of the Perl script, because before it becomes the program a
 * child is as large as its parent, and that counts, too.
 *
 *-------------------------------------------------------------------------
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct rusage usage;
	int			status;
	pid_t		child;

	if (argc < 2)
	{
		fprintf(stderr, "usage: max_rss PROGRAM [ARGUMENT]...\n");
		return 2;
	}
	child = fork();
	if (child == 0)
	{
		dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child ||
		getrusage(RUSAGE_CHILDREN, &usage) != 0)
	{
		perror("max_rss");
		return 1;
	}
	printf("%ld\n", (long) usage.ru_maxrss);
	return status == 0 ? 0 : 1;
}
