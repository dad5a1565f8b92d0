/*-------------------------------------------------------------------------
 *
 * patch/heap.c
 *		Numbers of files, of which the lowest is taken first
 *
 * A binary heap: no item is lower than the one at half its position.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "patch/heap.h"

void
patch_heap_init(FileHeap *heap, int space)
{
	heap->items = pg_malloc(Max(space, 1) * sizeof(int));
	heap->count = 0;
}

void
patch_heap_free(FileHeap *heap)
{
	pg_free(heap->items);
}

void
patch_heap_push(FileHeap *heap, int file)
{
	int		   *items = heap->items;
	int			i = heap->count++;

	while (i > 0 && items[(i - 1) / 2] > file)
	{
		items[i] = items[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	items[i] = file;
}

int
patch_heap_pop(FileHeap *heap)
{
	int		   *items = heap->items;
	int			lowest = items[0];
	int			last = items[--heap->count];
	int			i = 0;

	for (;;)
	{
		int			child = 2 * i + 1;

		if (child + 1 < heap->count && items[child + 1] < items[child])
			child++;
		if (child >= heap->count || items[child] > last)
			break;
		items[i] = items[child];
		i = child;
	}
	items[i] = last;
	return lowest;
}
