/*-------------------------------------------------------------------------
 *
 * file_heap.h
 *		Numbers of files, of which the lowest is taken first
 *
 *-------------------------------------------------------------------------
 */
#ifndef FILE_HEAP_H
#define FILE_HEAP_H

typedef struct FileHeap
{
	int		   *items;
	int			count;
} FileHeap;

extern void file_heap_init(FileHeap *heap, int space);
extern void file_heap_push(FileHeap *heap, int file);
extern int	file_heap_pop(FileHeap *heap);
extern void file_heap_free(FileHeap *heap);

#endif							/* FILE_HEAP_H */
