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

extern void patch_heap_init(FileHeap *heap, int space);
extern void patch_heap_push(FileHeap *heap, int file);
extern int	patch_heap_pop(FileHeap *heap);
extern void patch_heap_free(FileHeap *heap);

#endif							/* PATCH_HEAP_H */
