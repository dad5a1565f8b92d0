/*-------------------------------------------------------------------------
 *
 * changes/references.c
 *		Objects that have the name of another one in their own identity.
 *
 * Where a schema, a table or a type gets another name, so does what is in it,
 * on it, or takes it as an argument: "email_check on public.users" becomes
 * "email_check on public.people".  Their lives go on under these names: each
 * that is known gets a row.  Which objects these are, pg_depend tells; what
 * they were called before, follows from what they are called now.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "changes/object.h"
#include "changes/references.h"
#include "lib/stringinfo.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

static bool
starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* Is what stands before this in an identity a part of a publication? */
static bool
is_before_publication(const char *place)
{
	return starts_with(place, " in publication ") ||
		starts_with(place, " excluded from publication ");
}

/*
 * Is there a reference at this place of an identity?  At the very beginning
 * stands the object's own name, unless it is that of a column or the like.
 */
static bool
is_reference(const char *identity, const char *place,
			 const Reference *reference)
{
	const char *after;
	bool		at_start = place == identity;

	if (!starts_with(place, reference->now) ||
		(!at_start && strchr(" (,", place[-1]) == NULL))
		return false;
	after = place + strlen(reference->now);
	if (reference->kind == REFERENCE_END)
		return !at_start && *after == '\0';
	if (*after == '.' || (at_start && is_before_publication(after)))
		return true;
	if (reference->kind == REFERENCE_SCHEMA)
		return place >= identity + strlen(" in schema ") &&
			starts_with(place - strlen(" in schema "), " in schema ") &&
			(*after == ' ' || *after == '\0');
	return !at_start && (*after == '\0' || strchr(" ,)[", *after) != NULL);
}

/* The end of what is quoted here. */
static const char *
skip_quoted(const char *place)
{
	do
		place++;
	while (*place != '\0' &&
		   (*place != '"' || (place[1] == '"' && place++)));
	return *place == '\0' ? place : place + 1;
}

/* The end of an identifier, quoted or not, or of another character. */
static const char *
skip_token(const char *place)
{
	return *place == '"' ? skip_quoted(place) : place + 1;
}

/* What an identity was before the reference in it was spelled as now. */
static char *
identity_before(const char *identity, const Reference *reference)
{
	const char *place = identity;
	StringInfoData before;

	initStringInfo(&before);
	while (*place != '\0')
	{
		const char *next;

		if (is_reference(identity, place, reference))
		{
			appendStringInfoString(&before, reference->before);
			next = place + strlen(reference->now);
		}
		else
		{
			next = skip_token(place);
			appendBinaryStringInfo(&before, place, next - place);
		}
		place = next;
	}
	return before.data;
}

/* Adds an object if its identity has changed, and there is something known. */
static void
add_if_changed(ChangeSet *set, ChangeAction action,
			   const ObjectAddress *object, const Reference *reference)
{
	char	   *identity = changes_object_identity(object);
	char	   *before;
	Change	   *change;

	if (identity == NULL)
		return;
	before = identity_before(identity, reference);
	if (strcmp(before, identity) == 0)
		return;
	change = changes_add(set, object, action);
	if (change != NULL && change->action == action)
	{
		change->previous_identity = before;
		change->condition = CHANGE_IF_KNOWN;
	}
}

/* The number of columns that a relation has ever had. */
static int
count_columns(Oid relid)
{
	HeapTuple	row = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	int			count;

	if (!HeapTupleIsValid(row))
		return 0;
	count = ((Form_pg_class) GETSTRUCT(row))->relnatts;
	ReleaseSysCache(row);
	return count;
}

/* Adds the columns of a relation, whose identities begin with its own. */
static void
add_columns(ChangeSet *set, ChangeAction action, Oid relid,
			const Reference *reference)
{
	int			count = count_columns(relid);

	for (int i = 1; i <= count; i++)
	{
		ObjectAddress column;

		ObjectAddressSubSet(column, RelationRelationId, relid, i);
		if (get_attname(relid, i, true) != NULL)
			add_if_changed(set, action, &column, reference);
	}
}

/*
 * May others be called after this one?  A constraint stands between a table
 * and the index that is in the table's schema.
 */
static bool
is_referred_to(const ObjectAddress *object)
{
	return object->classId == NamespaceRelationId ||
		object->classId == RelationRelationId ||
		object->classId == TypeRelationId ||
		object->classId == ConstraintRelationId;
}

List *
changes_references_dependents(const ObjectAddress *object)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	List	   *dependents = NIL;
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	row;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(object->classId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(object->objectId));
	scan = systable_beginscan(depend, DependReferenceIndexId, true, NULL, 2,
							  keys);
	while (HeapTupleIsValid(row = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(row);
		ObjectAddress *dependent = palloc(sizeof(ObjectAddress));

		ObjectAddressSet(*dependent, form->classid, form->objid);
		dependents = lappend(dependents, dependent);
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return dependents;
}

/* A set of addresses, for objects that have been looked at. */
static HTAB *
create_address_set(void)
{
	HASHCTL		control = {0};

	control.keysize = sizeof(ObjectAddress);
	control.entrysize = sizeof(ObjectAddress);
	control.hcxt = CurrentMemoryContext;
	return hash_create("objects looked at", 32, &control,
					   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

void
changes_references_add(ChangeSet *set, ChangeAction action,
					   const ObjectAddress *object, const Reference *reference)
{
	HTAB	   *seen = create_address_set();
	List	   *queue = list_make1(unconstify(ObjectAddress *, object));

	for (int i = 0; i < list_length(queue); i++)
	{
		ObjectAddress *current = list_nth(queue, i);
		ListCell   *lc;

		if (current->classId == RelationRelationId)
			add_columns(set, action, current->objectId, reference);
		foreach(lc, changes_references_dependents(current))
		{
			ObjectAddress *dependent = lfirst(lc);
			bool		found;

			hash_search(seen, dependent, HASH_ENTER, &found);
			if (found)
				continue;
			add_if_changed(set, action, dependent, reference);
			if (is_referred_to(dependent))
				queue = lappend(queue, dependent);
		}
	}
	hash_destroy(seen);
}
