/*-------------------------------------------------------------------------
 *
 * base/clock.c
 *		A clock that nobody sets
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <time.h>

#include "base/clock.h"

int64
clock_milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64) time.tv_sec * 1000 + time.tv_nsec / 1000000;
}
