/*-------------------------------------------------------------------------
 *
 * patch/heap.h
 *		Numbers of files, of which the lowest is taken first
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_HEAP_H
#define PATCH_HEAP_H

typedef struct FileHeap
{
	int		   *items;
	int			count;
} FileHeap;

/* An empty heap with room for so many; free it with patch_heap_free. */
extern void patch_heap_init(FileHeap *heap, int space);

/* Put one in. */
extern void patch_heap_push(FileHeap *heap, int file);

/* Take the lowest out; there must be one. */
extern int	patch_heap_pop(FileHeap *heap);

/* Free what the heap holds. */
extern void patch_heap_free(FileHeap *heap);

#endif							/* PATCH_HEAP_H */
