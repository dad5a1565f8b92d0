/*-------------------------------------------------------------------------
 *
 * base/buffer.h
 *		Texts that are put together in a buffer
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include "pqexpbuffer.h"

/* End a buffer on the stack.  Returns its text, which the caller frees. */
static inline char *
buffer_finish(PQExpBuffer buffer)
{
	char	   *text = pg_strdup(buffer->data);

	termPQExpBuffer(buffer);
	return text;
}

#endif							/* BASE_BUFFER_H */
