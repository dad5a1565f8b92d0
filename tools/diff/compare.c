/*-------------------------------------------------------------------------
 *
 * diff/compare.c
 *		In what two databases differ
 *
 * Two sorted lists are merged.  Nothing is known here of what kinds of objects
 * there are, but that one may be a part of another: then it has the identity
 * of that as its relation, and comes after it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "base/name_table.h"
#include "diff/compare.h"

/* An object in both databases, or in one of them */
typedef struct Pair
{
	const DiffObject *objects[2];
	bool		is_used;		/* it has become part of another pair */
} Pair;

typedef struct PairList
{
	Pair	   *items;
	int			count;
} PairList;

/* The object of a pair, or one of the two, which are alike. */
static const DiffObject *
any(const Pair *pair)
{
	return pair->objects[0] != NULL ? pair->objects[0] : pair->objects[1];
}

static bool
is_one_sided(const Pair *pair)
{
	return pair->objects[0] == NULL || pair->objects[1] == NULL;
}

/* Merge the sorted objects of both. */
static void
merge(PairList *pairs, const DiffCatalog *a, const DiffCatalog *b)
{
	int			i = 0;
	int			j = 0;

	while (i < a->count || j < b->count)
	{
		int			order = i == a->count ? 1 : j == b->count ? -1 :
			diff_catalog_compare(&a->objects[i], &b->objects[j]);
		Pair		pair = {{NULL, NULL}, false};

		if (order <= 0)
			pair.objects[0] = &a->objects[i++];
		if (order >= 0)
			pair.objects[1] = &b->objects[j++];
		ARRAY_MAKE_ROOM(pairs->items, pairs->count);
		pairs->items[pairs->count++] = pair;
	}
}

/* Make one pair of two with one object each, if these are of both sides. */
static void
join(Pair *x, Pair *y)
{
	int			side = x->objects[0] != NULL ? 0 : 1;
	Pair	   *pair = side == 0 ? x : y;
	Pair	   *other = side == 0 ? y : x;

	if (!is_one_sided(x) || y->objects[side] != NULL)
		return;
	pair->objects[1] = other->objects[1];
	other->is_used = true;
}

/*
 * What has not found its like by its place and key finds it by its identity: a
 * constraint with another definition, or a sequence that is owned by another
 * column.  It has the place that it has on the first side.
 */
static void
match_identities(PairList *pairs)
{
	NameTable  *names = name_table_create(100);
	Pair	  **first = NULL;
	int			count = 0;
	int			i;

	for (i = 0; i < pairs->count; i++)
	{
		Pair	   *pair = &pairs->items[i];
		const DiffObject *object = any(pair);
		char	   *name;
		int			number;

		if (!is_one_sided(pair))
			continue;
		name = psprintf("%s %s", object->type, object->identity);
		number = name_table_add(names, name);
		pg_free(name);
		if (number == count)
		{
			ARRAY_MAKE_ROOM(first, count);
			first[count++] = pair;
		}
		else
			join(first[number], pair);
	}
	pg_free(first);
	name_table_free(names);
}

/* Add a difference, of an object or an aspect of it. */
static void
add(Comparison *comparison, const Pair *pair, const char *aspect,
	const char *a, const char *b)
{
	Difference	difference = {
		{pair->objects[0], pair->objects[1]}, aspect, {a, b}, {{0}}
	};

	ARRAY_MAKE_ROOM(comparison->items, comparison->count);
	comparison->items[comparison->count++] = difference;
}

/*
 * Add the aspects of one object that the other, or none, has not or has
 * otherwise.  If it is the second time, with the sides exchanged, what both
 * have has been compared.
 */
static void
compare_aspects(Comparison *comparison, const Pair *pair, int side)
{
	const DiffObject *object = pair->objects[side];
	const DiffObject *other = pair->objects[1 - side];
	const char *texts[2];
	int			i;

	for (i = 0; object != NULL && i < object->count; i++)
	{
		const char *name = object->aspects[i].name;

		texts[side] = object->aspects[i].text;
		texts[1 - side] = other == NULL ? NULL :
			diff_catalog_aspect(other, name);
		if (texts[1 - side] == NULL ||
			(side == 0 && strcmp(texts[0], texts[1]) != 0))
			add(comparison, pair, name, texts[0], texts[1]);
	}
}

/* Is the object a part of the other one? */
static bool
is_part(const DiffObject *object, const DiffObject *whole)
{
	return whole != NULL && whole != object &&
		strcmp(object->relation, whole->identity) == 0 &&
		strcmp(object->schema, whole->schema) == 0;
}

/* Can parts belong to it? */
static bool
is_whole(const DiffObject *object)
{
	return object->relation[0] != '\0' &&
		strcmp(object->relation, object->identity) == 0;
}

/* Is it only here, or only there, with what it is a part of? */
static bool
goes_with(const Pair *pair, const Pair *whole)
{
	return whole != NULL && is_one_sided(whole) &&
		is_part(any(pair), any(whole)) &&
		(is_one_sided(pair) || strcmp(pair->objects[0]->relation,
									  pair->objects[1]->relation) == 0);
}

Comparison *
diff_compare(DiffCatalog *a, DiffCatalog *b)
{
	Comparison *comparison = pg_malloc0(sizeof(Comparison));
	PairList	pairs = {0};
	const Pair *whole = NULL;
	int			i;

	comparison->catalogs[0] = a;
	comparison->catalogs[1] = b;
	merge(&pairs, a, b);
	match_identities(&pairs);
	for (i = 0; i < pairs.count; i++)
	{
		const Pair *pair = &pairs.items[i];

		if (pair->is_used)
			continue;
		if (is_whole(any(pair)))
			whole = pair;
		if (goes_with(pair, whole))
			continue;
		if (!is_one_sided(pair) || any(pair)->is_implied)
		{
			compare_aspects(comparison, pair, 0);
			compare_aspects(comparison, pair, 1);
		}
		else
			add(comparison, pair, NULL, NULL, NULL);
	}
	pg_free(pairs.items);
	return comparison;
}

int
diff_compare_side(const Difference *difference)
{
	return difference->objects[0] != NULL ? 0 : 1;
}

const DiffObject *
diff_compare_next_part(const Comparison *comparison,
					   const Difference *difference,
					   const DiffObject *previous)
{
	int			side = diff_compare_side(difference);
	const DiffCatalog *catalog = comparison->catalogs[side];
	const DiffObject *whole = difference->objects[side];
	const DiffObject *next = previous + 1;

	return is_whole(whole) && next < catalog->objects + catalog->count &&
		is_part(next, whole) ? next : NULL;
}

void
diff_compare_free(Comparison *comparison)
{
	int			i;

	for (i = 0; i < 2; i++)
		PQclear(comparison->culprits[i]);
	pg_free(comparison->items);
	pg_free(comparison);
}
