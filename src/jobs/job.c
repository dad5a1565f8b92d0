/*-------------------------------------------------------------------------
 *
 * jobs/job.c
 *		A job, as its row in _v.job_list has it.
 *
 * Three locks stand for a job, of the kind that is on an object; no SQL
 * command takes one on a row of ours.  Each batch holds the first one, until
 * its transaction ends: whoever cancels or pauses the job takes it alone, and
 * so waits for the batches that are at work, and keeps out further ones.  The
 * second is held by a session as long as it runs the job, and is there for
 * others to see; it ends with the session, however that ends.  The third one
 * is held by those who change the key of a row: see moved.c.
 *
 * The number in the lock is a hash of the name.  Two jobs that have the same
 * one would wait for each other, and nothing worse.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "common/hashfn.h"
#include "jobs/job.h"
#include "jobs/store.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"

char *
jobs_job_argument(FunctionCallInfo fcinfo, int number)
{
	char	   *name;

	if (PG_ARGISNULL(number))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("in_job_name must not be null")));
	name = text_to_cstring(PG_GETARG_TEXT_PP(number));
	if (*name == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("in_job_name must not be empty")));
	return name;
}

/*
 * The role of the row that was just read.  On the cluster where the job was
 * registered it is still the same role, not another one of that name.
 */
static Oid
find_role(Job *job)
{
	Oid			role = get_role_oid(job->role_name, true);
	Oid			registered = (Oid) jobs_store_int(0, 7);

	return jobs_store_bool(0, 8) && role != registered ? InvalidOid : role;
}

/* Reads the row. */
static Job *
read_job(const char *name)
{
	Job		   *job = palloc0(sizeof(Job));

	job->name = pstrdup(name);
	job->patch_name = jobs_store_value(0, 0);
	job->table = jobs_store_value(0, 1);
	job->statement = jobs_store_value(0, 2);
	job->check = jobs_store_value(0, 3);
	job->role_name = jobs_store_value(0, 4);
	job->search_path = jobs_store_value(0, 5);
	job->registered_settings = jobs_store_value(0, 6);
	job->role = find_role(job);
	job->settings = jobs_store_value(0, 9);
	job->state = jobs_store_value(0, 10);
	job->last_error = jobs_store_value(0, 11);
	job->next_size = jobs_store_int(0, 12);
	job->last_key = jobs_store_value(0, 13);
	job->cursor = jobs_store_value(0, 14);
	job->handed_out = jobs_store_bool(0, 15);
	job->started = jobs_store_bool(0, 16);
	job->key = jobs_store_value(0, 17);
	return job;
}

Job *
jobs_job_find(const char *name)
{
	Job		   *job = NULL;

	if (jobs_store("SELECT patch_name, table_name, statement, check_query,"
				   "       role_name, search_path, registered_settings,"
				   "       role_oid,"
				   "       system_identifier ="
				   "       (SELECT s.system_identifier"
				   "          FROM pg_control_system() AS s),"
				   "       settings, state, last_error, next_size, last_key,"
				   "       cursor, handed_out, started_at IS NOT NULL,"
				   "       key"
				   "  FROM _v.job_list WHERE job_name = $1", name) > 0)
		job = read_job(name);
	jobs_store_free();
	return job;
}

Job *
jobs_job_get(const char *name)
{
	Job		   *job = jobs_job_find(name);

	if (job == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("job \"%s\" does not exist", name),
				 errhint("The view _v.jobs lists the jobs.")));
	return job;
}

/* May the current user register patches, on some columns at least? */
static bool
may_register(void)
{
	Oid			schema = get_namespace_oid("_v", true);
	Oid			patches = OidIsValid(schema) ?
		get_relname_relid("patches", schema) : InvalidOid;

	return OidIsValid(patches) &&
		(pg_class_aclcheck(patches, GetUserId(), ACL_INSERT) == ACLCHECK_OK ||
		 pg_attribute_aclcheck_all(patches, GetUserId(), ACL_INSERT,
								   ACLMASK_ANY) == ACLCHECK_OK);
}

bool
jobs_job_is_allowed(const Job *job)
{
	return may_register() ||
		(job != NULL && OidIsValid(job->role) &&
		 compat_can_set_role(GetUserId(), job->role));
}

void
jobs_job_check_privilege(const Job *job)
{
	const char *user;

	if (jobs_job_is_allowed(job))
		return;
	user = GetUserNameFromId(GetUserId(), false);
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 job == NULL ? errmsg("permission denied for jobs") :
			 errmsg("permission denied for job \"%s\"", job->name),
			 job == NULL ?
			 errdetail("It needs the INSERT privilege on _v.patches, which "
					   "role \"%s\" does not have.", user) :
			 errdetail("It needs the INSERT privilege on _v.patches, or "
					   "membership in role \"%s\", and role \"%s\" has "
					   "neither.", job->role_name, user),
			 errhint("The owner of the register can say: GRANT INSERT ON "
					 "_v.patches TO %s;", quote_identifier(user))));
}

Oid
jobs_job_table(const Job *job, LOCKMODE mode)
{
	List	   *name = textToQualifiedNameList(cstring_to_text(job->table));

	return RangeVarGetRelid(makeRangeVarFromNameList(name), mode, false);
}

char *
jobs_job_table_name(Oid table)
{
	return quote_qualified_identifier(
		get_namespace_name(get_rel_namespace(table)), get_rel_name(table));
}

/* One of the locks: 0 for the batches, 1 for the sessions, 2 for the notes. */
static LOCKTAG
lock_of(const char *name, uint16 which)
{
	LOCKTAG		tag;
	Oid			list = get_relname_relid("job_list",
										 get_namespace_oid("_v", false));

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, list,
					   hash_bytes((const unsigned char *) name, strlen(name)),
					   which);
	return tag;
}

void
jobs_job_lock(const char *name, LOCKMODE mode)
{
	LOCKTAG		tag = lock_of(name, 0);

	(void) LockAcquire(&tag, mode, false, false);
}

void
jobs_job_lock_notes(const char *name, LOCKMODE mode)
{
	LOCKTAG		tag = lock_of(name, 2);

	(void) LockAcquire(&tag, mode, false, false);
}

void
jobs_job_start_running(const char *name)
{
	LOCKTAG		tag = lock_of(name, 1);

	(void) LockAcquire(&tag, AccessShareLock, true, false);
}

void
jobs_job_stop_running(const char *name)
{
	LOCKTAG		tag = lock_of(name, 1);

	(void) LockRelease(&tag, AccessShareLock, true);
}
