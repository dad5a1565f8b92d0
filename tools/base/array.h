/*-------------------------------------------------------------------------
 *
 * base/array.h
 *		Arrays that grow
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

/*
 * Make room for one more in an array, which is NULL if there is nothing in it
 * yet.  Powers of two are when the room is used up.
 */
#define ARRAY_MAKE_ROOM(array, count) \
	do { \
		if (((count) & ((count) - 1)) == 0) \
			(array) = pg_realloc((array), \
								 Max(1, 2 * (count)) * sizeof(*(array))); \
	} while (0)

#endif							/* BASE_ARRAY_H */
