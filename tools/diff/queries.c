/*-------------------------------------------------------------------------
 *
 * diff/queries.c
 *		The questions that tell what is in a database
 *
 * A question for each kind of objects, so that a new kind is a new question.
 * What an object is called, and what type it has, is what pg_identify_object()
 * says: the changes that were recorded are found by that.  What it is like is
 * printed by the server, as psql and pg_dump have it.  Where there is nothing
 * that prints it, it is put together so that it can be read.
 *
 * Left out are what initdb has made, but for the schema public, the members
 * of extensions with all that is on them, the schema _v with all that calls
 * its functions, temporary objects, and what only exists for something else:
 * row types, TOAST tables, what a partition has from its table.
 *
 * The search_path is empty, so that all names have their schemas, and that all
 * that is called here is in pg_catalog.  Nothing that users have made is
 * called.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "diff/queries.h"

/* The OIDs below are those of initdb */
#define BY_USERS(oid) oid " >= 16384"

/* Is it the member of an extension, or, if the type is 'i', of something? */
#define DEPENDS(class, oid, types) \
	"EXISTS (SELECT FROM pg_depend d" \
	"  WHERE d.classid = '" class "'::regclass AND d.objid = " oid \
	"  AND d.deptype IN (" types "))"
#define NO_MEMBER(class, oid) "NOT " DEPENDS(class, oid, "'e'")

/* A schema, of those that are compared as such */
#define OF_USERS(oid, name) "(" BY_USERS(oid) " OR " name " = 'public')"

/* Is the schema one of users? */
#define IN_SCHEMA(oid) \
	oid " NOT IN (SELECT n.oid FROM pg_namespace n" \
	"  WHERE n.nspname ~ '^pg_' OR n.nspname = '_v')"

/* Is the function not in our schema? */
#define NOT_OURS(oid) \
	"NOT EXISTS (SELECT FROM pg_proc ours JOIN pg_namespace n" \
	"  ON n.oid = ours.pronamespace" \
	"  WHERE ours.oid = " oid " AND n.nspname = '_v')"

/*
 * The first columns, of an object o of a catalog: pg_identify_object() is i.
 */
#define IDENTIFIED_IF(class, oid, schema, relation, key, implied) \
	"SELECT '" class "'::regclass::oid, o." oid ", 0, i.type, " schema "," \
	" " relation ", i.identity, " key ", " implied
#define IDENTIFIED_AS(class, oid, schema, relation, key) \
	IDENTIFIED_IF(class, oid, schema, relation, key, "false")
#define IDENTIFIED(class, oid) \
	IDENTIFIED_AS(class, oid, "coalesce(i.schema, '')", "''", "NULL")
#define FROM(class, source, oid) \
	" FROM " source " o" \
	" CROSS JOIN LATERAL" \
	"  pg_identify_object('" class "'::regclass, o." oid ", 0) i"
#define WHERE(class, oid) \
	" WHERE " BY_USERS("o." oid) " AND " NO_MEMBER(class, "o." oid)

/* A relation c in the schema n, and its name */
#define RELATION "format('%I.%I', n.nspname, c.relname)"
#define SCHEMA "quote_ident(n.nspname)"
#define OF_RELATION \
	" JOIN pg_namespace n ON n.oid = c.relnamespace"
#define IS_RELATION \
	BY_USERS("c.oid") " AND " IN_SCHEMA("c.relnamespace") \
	" AND " NO_MEMBER("pg_class", "c.oid")

/* The first columns, of a part o of that; its name is before "on" */
#define PART(class, type, name, implied) \
	"SELECT '" class "'::regclass::oid, o.oid, 0, '" type "'," \
	" " SCHEMA ", " RELATION ", format('%I on %s', " name ", " RELATION ")," \
	" NULL, " implied

#define OWNER(column) \
	", pg_get_userbyid(" column ") AS owner"

/* The elements of an array of text, in order */
#define SORTED(array) \
	"(SELECT string_agg(u, ', ' ORDER BY u COLLATE \"C\")" \
	"  FROM unnest(" array ") u)"
#define OPTIONS(array) \
	", " SORTED(array) " AS options"

/* A function, or NULL, after a word; and a type */
#define FUNCTION(word, column) \
	"CASE WHEN " column "::oid <> 0" \
	"  THEN '" word " ' || " column "::regproc END"
#define TYPE(word, column) \
	"CASE WHEN " column "::oid <> 0" \
	"  THEN '" word " ' || format_type(" column ", NULL) END"

/* Whether something fires */
#define ENABLED(column) \
	", CASE " column " WHEN 'D' THEN 'DISABLED'" \
	"  WHEN 'R' THEN 'ENABLED REPLICA' WHEN 'A' THEN 'ENABLED ALWAYS'" \
	"  END AS enabled"

#define COLLATION(oid) \
	"(SELECT format(' COLLATE %I.%I', ns.nspname, co.collname)" \
	"  FROM pg_collation co JOIN pg_namespace ns" \
	"  ON ns.oid = co.collnamespace WHERE co.oid = " oid ")"

#define TABLESPACE \
	", (SELECT s.spcname FROM pg_tablespace s" \
	"  WHERE s.oid = c.reltablespace) AS tablespace"

/* What is not the default of a sequence s */
#define SEQUENCE_MAXIMUM \
	"CASE s.seqtypid WHEN 'int2'::regtype THEN 32767" \
	"  WHEN 'int4'::regtype THEN 2147483647 ELSE 9223372036854775807 END"
#define SEQUENCE_FIRST \
	"CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END"
#define SEQUENCE \
	"concat(" \
	"CASE WHEN s.seqincrement <> 1" \
	"  THEN ' INCREMENT BY ' || s.seqincrement END," \
	"CASE WHEN s.seqmin <> CASE WHEN s.seqincrement > 0 THEN 1" \
	"  ELSE -" SEQUENCE_MAXIMUM " - 1 END" \
	"  THEN ' MINVALUE ' || s.seqmin END," \
	"CASE WHEN s.seqmax <> CASE WHEN s.seqincrement < 0 THEN -1" \
	"  ELSE " SEQUENCE_MAXIMUM " END THEN ' MAXVALUE ' || s.seqmax END," \
	"CASE WHEN s.seqstart <> " SEQUENCE_FIRST \
	"  THEN ' START WITH ' || s.seqstart END," \
	"CASE WHEN s.seqcache <> 1 THEN ' CACHE ' || s.seqcache END," \
	"CASE WHEN s.seqcycle THEN ' CYCLE' END)"

/*
 * What an ACL has that the default has not, and the other way round, a line
 * for each role.  All privileges that there are have one word, for another
 * release may have more of them.
 */
#define PRIVILEGES(acl) \
	"(SELECT x.grantee, x.grantor," \
	"  string_agg(concat(x.privilege_type, CASE WHEN x.is_grantable" \
	"   THEN ' WITH GRANT OPTION' END), ', '" \
	"   ORDER BY x.privilege_type COLLATE \"C\") AS list" \
	" FROM aclexplode(" acl ") x GROUP BY 1, 2)"
#define GRANTEE(oid, owner) \
	"CASE " oid " WHEN 0 THEN 'PUBLIC' WHEN " owner " THEN 'the owner'" \
	"  ELSE quote_ident(pg_get_userbyid(" oid ")) END"
#define GRANTS(acl, initial, all, owner) \
	"(SELECT string_agg(CASE WHEN w.list IS NULL" \
	"  THEN format('REVOKE %s FROM %s', replace(b.list, f.list, 'ALL')," \
	"   " GRANTEE("b.grantee", owner) ")" \
	"  ELSE format('GRANT %s TO %s', CASE w.list WHEN f.list THEN 'ALL'" \
	"   ELSE w.list END, " GRANTEE("w.grantee", owner) ")" \
	"  || CASE WHEN w.grantor = " owner " THEN ''" \
	"   ELSE ' GRANTED BY ' || quote_ident(pg_get_userbyid(w.grantor))" \
	"   END END, E'\\n' ORDER BY coalesce(w.grantee, b.grantee) = " owner \
	"  DESC, " GRANTEE("coalesce(w.grantee, b.grantee)", owner) \
	"  COLLATE \"C\", w.list COLLATE \"C\")" \
	" FROM " PRIVILEGES(acl) " w" \
	" FULL JOIN " PRIVILEGES(initial) " b" \
	"  ON b.grantee = w.grantee AND b.grantor = w.grantor" \
	" LEFT JOIN " PRIVILEGES(all) " f ON f.grantee = " owner \
	" WHERE w.list IS DISTINCT FROM b.list)"

static const char database_query[] =
"SELECT 'pg_database'::regclass::oid, o.oid, 0, 'database', '', '', '',"
" NULL, false"
", concat_ws(E'\\n', 'ENCODING ' || pg_encoding_to_char(o.encoding),"
"  'LC_COLLATE ' || o.datcollate, 'LC_CTYPE ' || o.datctype,"
"  'LOCALE_PROVIDER ' || nullif(j.d->>'datlocprovider', 'c'),"
"  'LOCALE ' || coalesce(j.d->>'datlocale', j.d->>'daticulocale'),"
"  'RULES ' || (j.d->>'daticurules'),"
"  'CONNECTION LIMIT ' || nullif(o.datconnlimit, -1),"
"  CASE WHEN o.datistemplate THEN 'IS_TEMPLATE' END,"
"  'TABLESPACE ' || (SELECT s.spcname FROM pg_tablespace s"
"   WHERE s.oid = o.dattablespace AND s.spcname <> 'pg_default'))"
"  AS definition"
OWNER("o.datdba")
", (SELECT string_agg(concat('SET ', u, ' FOR ROLE '"
"   || quote_ident(pg_get_userbyid(nullif(s.setrole, 0)))), E'\\n'"
"   ORDER BY s.setrole <> 0, pg_get_userbyid(s.setrole) COLLATE \"C\","
"   u COLLATE \"C\")"
"  FROM pg_db_role_setting s, unnest(s.setconfig) u"
"  WHERE s.setdatabase = o.oid) AS settings"
" FROM pg_database o, LATERAL to_jsonb(o) AS j (d)"
" WHERE o.datname = current_database()";

static const char extension_query[] =
IDENTIFIED("pg_extension", "oid")
", format('VERSION %s SCHEMA %I', o.extversion,"
"  (SELECT n.nspname FROM pg_namespace n WHERE n.oid = o.extnamespace))"
"  AS definition"
OWNER("o.extowner")
FROM("pg_extension", "pg_extension", "oid")
" WHERE o.extname <> 'versioning'";

static const char language_query[] =
IDENTIFIED("pg_language", "oid")
", concat_ws(' ', CASE WHEN o.lanpltrusted THEN 'TRUSTED' END,"
FUNCTION("HANDLER", "o.lanplcallfoid") ","
FUNCTION("INLINE", "o.laninline") ","
FUNCTION("VALIDATOR", "o.lanvalidator") ") AS definition"
OWNER("o.lanowner")
FROM("pg_language", "pg_language", "oid")
WHERE("pg_language", "oid");

static const char access_method_query[] =
IDENTIFIED("pg_am", "oid")
", format('TYPE %s HANDLER %s', CASE o.amtype WHEN 'i' THEN 'INDEX'"
"  WHEN 't' THEN 'TABLE' ELSE o.amtype::text END, o.amhandler)"
"  AS definition"
FROM("pg_am", "pg_am", "oid")
WHERE("pg_am", "oid");

static const char cast_query[] =
IDENTIFIED("pg_cast", "oid")
", concat(CASE o.castmethod WHEN 'f'"
"  THEN 'WITH FUNCTION ' || o.castfunc::regprocedure"
"  WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END,"
"  CASE o.castcontext WHEN 'a' THEN ' AS ASSIGNMENT'"
"  WHEN 'i' THEN ' AS IMPLICIT' END) AS definition"
FROM("pg_cast", "pg_cast", "oid")
" WHERE " BY_USERS("o.oid")
" AND NOT " DEPENDS("pg_cast", "o.oid", "'e', 'i'");

static const char transform_query[] =
IDENTIFIED("pg_transform", "oid")
", concat_ws(', ', "
FUNCTION("FROM SQL WITH FUNCTION", "o.trffromsql") ","
FUNCTION("TO SQL WITH FUNCTION", "o.trftosql") ") AS definition"
FROM("pg_transform", "pg_transform", "oid")
WHERE("pg_transform", "oid");

static const char wrapper_query[] =
IDENTIFIED("pg_foreign_data_wrapper", "oid")
", concat_ws(' ', " FUNCTION("HANDLER", "o.fdwhandler") ","
FUNCTION("VALIDATOR", "o.fdwvalidator") ") AS definition"
OWNER("o.fdwowner") OPTIONS("o.fdwoptions")
FROM("pg_foreign_data_wrapper", "pg_foreign_data_wrapper", "oid")
WHERE("pg_foreign_data_wrapper", "oid");

static const char server_query[] =
IDENTIFIED("pg_foreign_server", "oid")
", concat_ws(' ', 'TYPE ' || quote_literal(o.srvtype),"
"  'VERSION ' || quote_literal(o.srvversion), 'FOREIGN DATA WRAPPER '"
"  || (SELECT quote_ident(w.fdwname) FROM pg_foreign_data_wrapper w"
"   WHERE w.oid = o.srvfdw)) AS definition"
OWNER("o.srvowner") OPTIONS("o.srvoptions")
FROM("pg_foreign_server", "pg_foreign_server", "oid")
WHERE("pg_foreign_server", "oid");

/* Those that the role may not read are NULL.  They may be passwords. */
static const char user_mapping_query[] =
IDENTIFIED("pg_user_mapping", "umid")
", " SORTED("o.umoptions") " AS secret"
FROM("pg_user_mapping", "pg_user_mappings", "umid")
WHERE("pg_user_mapping", "umid");

static const char publication_query[] =
IDENTIFIED("pg_publication", "oid")
", concat_ws(' ', CASE WHEN o.puballtables THEN 'FOR ALL TABLES' END,"
"  CASE j.p->>'puballsequences' WHEN 'true' THEN 'FOR ALL SEQUENCES' END,"
"  'WITH (publish = ' || quote_literal(concat_ws(', ',"
"   CASE WHEN o.pubinsert THEN 'insert' END,"
"   CASE WHEN o.pubupdate THEN 'update' END,"
"   CASE WHEN o.pubdelete THEN 'delete' END,"
"   CASE WHEN o.pubtruncate THEN 'truncate' END)) || concat("
"   CASE WHEN o.pubviaroot THEN ', publish_via_partition_root' END,"
"   CASE j.p->>'pubgencols' WHEN 's' THEN"
"    ', publish_generated_columns = stored' END) || ')') AS definition"
OWNER("o.pubowner")
FROM("pg_publication", "pg_publication", "oid")
", LATERAL to_jsonb(o) AS j (p)"
WHERE("pg_publication", "oid");

/* Up to release 14 there were neither lists of columns nor conditions */
#define PUBLICATION_RELATION(definition) \
	IDENTIFIED_AS("pg_publication_rel", "oid", "''", "p.identity", "NULL") \
	", " definition " AS definition" \
	FROM("pg_publication_rel", "pg_publication_rel", "oid") \
	" CROSS JOIN LATERAL" \
	"  pg_identify_object('pg_publication'::regclass, o.prpubid, 0) p" \
	WHERE("pg_publication_rel", "oid") \
	" AND " NO_MEMBER("pg_publication", "o.prpubid")

static const char publication_relation_query[] =
PUBLICATION_RELATION(
"concat_ws(' ', CASE to_jsonb(o)->>'prexcept' WHEN 'true' THEN 'EXCEPT' END,"
" (SELECT format('(%s)', string_agg(quote_ident(a.attname), ', '"
"   ORDER BY a.attname COLLATE \"C\")) FROM unnest(o.prattrs) k"
"  JOIN pg_attribute a ON a.attrelid = o.prrelid AND a.attnum = k"
"  HAVING count(*) > 0),"
" 'WHERE ' || pg_get_expr(o.prqual, o.prrelid))");
static const char publication_relation_former[] =
PUBLICATION_RELATION("''");

static const char publication_schema_query[] =
IDENTIFIED_AS("pg_publication_namespace", "oid", "''", "p.identity", "NULL")
FROM("pg_publication_namespace", "pg_publication_namespace", "oid")
" CROSS JOIN LATERAL"
"  pg_identify_object('pg_publication'::regclass, o.pnpubid, 0) p"
WHERE("pg_publication_namespace", "oid");

/* What it connects to is for superusers only */
#define SUBSCRIPTION(more) \
	IDENTIFIED("pg_subscription", "oid") \
	", concat_ws(E'\\n', 'PUBLICATION ' || " SORTED("o.subpublications") "," \
	"  CASE WHEN NOT o.subenabled THEN 'DISABLED' END," \
	"  'SLOT NAME ' || o.subslotname," \
	"  'SYNCHRONOUS COMMIT ' || o.subsynccommit," \
	"  CASE WHEN o.subbinary THEN 'BINARY' END," \
	"  CASE o.substream::text WHEN 'f' THEN NULL WHEN 'false' THEN NULL" \
	"   WHEN 'p' THEN 'STREAMING parallel' ELSE 'STREAMING' END" more ")" \
	"  AS definition" \
	OWNER("o.subowner") \
	FROM("pg_subscription", "pg_subscription", "oid") \
	" WHERE o.subdbid = (SELECT d.oid FROM pg_database d" \
	"  WHERE d.datname = current_database())"

static const char subscription_query[] =
SUBSCRIPTION(
", CASE WHEN o.subtwophasestate <> 'd' THEN 'TWO PHASE' END,"
" CASE WHEN o.subdisableonerr THEN 'DISABLE ON ERROR' END,"
" CASE WHEN NOT o.subpasswordrequired THEN 'NO PASSWORD REQUIRED' END,"
" CASE WHEN o.subrunasowner THEN 'RUN AS OWNER' END,"
" 'ORIGIN ' || nullif(o.suborigin, 'any')");
static const char subscription_former[] = SUBSCRIPTION("");

/* Those that call our functions belong to the register */
static const char event_trigger_query[] =
IDENTIFIED("pg_event_trigger", "oid")
", concat_ws(' ', 'ON ' || o.evtevent,"
"  'WHEN TAG IN (' || " SORTED("o.evttags") " || ')',"
"  'EXECUTE FUNCTION ' || o.evtfoid::regprocedure) AS definition"
ENABLED("o.evtenabled") OWNER("o.evtowner")
FROM("pg_event_trigger", "pg_event_trigger", "oid")
WHERE("pg_event_trigger", "oid") " AND " NOT_OURS("o.evtfoid");

#define DEFAULT_ACL \
	"acldefault(CASE o.defaclobjtype WHEN 'S' THEN 's'" \
	"  ELSE o.defaclobjtype END, o.defaclrole)"

/* In a schema they are only added to those of all */
static const char default_acl_query[] =
IDENTIFIED("pg_default_acl", "oid") ", "
GRANTS("o.defaclacl", "CASE WHEN o.defaclnamespace = 0 THEN "
	   DEFAULT_ACL " END", DEFAULT_ACL, "o.defaclrole") " AS definition"
FROM("pg_default_acl", "pg_default_acl", "oid")
WHERE("pg_default_acl", "oid")
" AND " IN_SCHEMA("o.defaclnamespace");

static const char schema_query[] =
"SELECT 'pg_namespace'::regclass::oid, o.oid, 0, 'schema',"
" quote_ident(o.nspname), '', quote_ident(o.nspname), NULL, false"
OWNER("o.nspowner")
" FROM pg_namespace o"
" WHERE " OF_USERS("o.oid", "o.nspname") " AND "
NO_MEMBER("pg_namespace", "o.oid") " AND " IN_SCHEMA("o.oid");

/* What a relation is besides its columns */
static const char relation_query[] =
"SELECT 'pg_class'::regclass::oid, c.oid, 0, CASE c.relkind"
"  WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view'"
"  WHEN 'm' THEN 'materialized view' ELSE 'table' END,"
" " SCHEMA ", " RELATION ", " RELATION ", NULL, false,"
" CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid)"
" ELSE concat_ws(' ', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' END,"
"  CASE c.relkind WHEN 'f' THEN (SELECT format('FOREIGN TABLE SERVER %I',"
"    s.srvname) FROM pg_foreign_table f JOIN pg_foreign_server s"
"    ON s.oid = f.ftserver WHERE f.ftrelid = c.oid)"
"   ELSE 'TABLE' END,"
"  CASE WHEN c.reloftype <> 0"
"   THEN 'OF ' || format_type(c.reloftype, NULL) END,"
"  CASE c.relkind WHEN 'p'"
"   THEN 'PARTITION BY ' || pg_get_partkeydef(c.oid) END)"
" END AS definition"
OWNER("c.relowner")
", CASE WHEN c.relispartition OR c.relhassubclass OR EXISTS"
"  (SELECT FROM pg_inherits h WHERE h.inhrelid = c.oid) THEN"
"  (SELECT CASE WHEN c.relispartition"
"    THEN format('PARTITION OF %s %s', min(h.inhparent::regclass::text),"
"     pg_get_expr(c.relpartbound, c.oid))"
"    ELSE 'INHERITS ' || string_agg(h.inhparent::regclass::text, ', '"
"     ORDER BY h.inhseqno) END"
"   FROM pg_inherits h WHERE h.inhrelid = c.oid) END AS inheritance"
", concat_ws(', ', " SORTED("c.reloptions") ", (SELECT string_agg("
"   'toast.' || u, ', ' ORDER BY u COLLATE \"C\")"
"  FROM pg_class t, unnest(t.reloptions) u"
"  WHERE t.oid = c.reltoastrelid AND c.reltoastrelid <> 0),"
" (SELECT " SORTED("f.ftoptions") " FROM pg_foreign_table f"
"  WHERE f.ftrelid = c.oid)) AS options"
TABLESPACE
", (SELECT m.amname FROM pg_am m WHERE m.oid = c.relam"
"  AND m.amname <> 'heap') AS \"access method\""
", CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN"
"  CASE WHEN c.relkind IN ('r', 'p') THEN 'NOTHING' END"
"  WHEN 'i' THEN 'INDEX ' || (SELECT x.indexrelid::regclass FROM pg_index x"
"   WHERE x.indrelid = c.oid AND x.indisreplident)"
"  END AS \"replica identity\""
", concat_ws(', ', CASE WHEN c.relrowsecurity THEN 'ENABLED' END,"
"  CASE WHEN c.relforcerowsecurity THEN 'FORCED' END) AS \"row security\""
", CASE WHEN c.relhasindex THEN (SELECT 'ON ' || x.indexrelid::regclass"
"  FROM pg_index x WHERE x.indrelid = c.oid AND x.indisclustered)"
"  END AS cluster"
" FROM pg_class c" OF_RELATION
" WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND " IS_RELATION;

/*
 * The default, NOT NULL and identity of a column a.  Options that begin with
 * pg_ the server has set for itself.
 */
#define DEFAULT(attribute) \
	"(SELECT pg_get_expr(e.adbin, e.adrelid) FROM pg_attrdef e" \
	"  WHERE e.adrelid = " attribute ".attrelid" \
	"  AND e.adnum = " attribute ".attnum AND " attribute ".atthasdef)"
#define GENERATED(expression) \
	"CASE a.attgenerated WHEN '' THEN ' DEFAULT ' || " expression \
	"  ELSE ' GENERATED ALWAYS AS (' || " expression " || ') '" \
	"   || CASE a.attgenerated WHEN 's' THEN 'STORED'" \
	"   ELSE 'VIRTUAL' END END"
#define IDENTITY_SEQUENCE \
	"pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid" \
	" WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'i'" \
	" AND d.refclassid = 'pg_class'::regclass" \
	" AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum"
#define IDENTITY \
	"CASE WHEN a.attidentity <> '' THEN concat(' GENERATED '," \
	"  CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END," \
	"  ' AS IDENTITY', (SELECT ' (' || ltrim(nullif(" SEQUENCE ", ''))" \
	"   || ')' FROM " IDENTITY_SEQUENCE ")) END"

/* Is this so of a column p that it is inherited from? */
#define HAS_PARENT(condition) \
	"EXISTS (SELECT FROM pg_inherits h" \
	"  JOIN pg_attribute p ON p.attrelid = h.inhparent" \
	"  AND p.attname = a.attname AND NOT p.attisdropped" \
	"  WHERE h.inhrelid = a.attrelid AND " condition ")"

static const char column_query[] =
"SELECT 'pg_class'::regclass::oid, c.oid, a.attnum, CASE c.relkind"
"  WHEN 'f' THEN 'foreign table column' WHEN 'v' THEN 'view column'"
"  WHEN 'm' THEN 'materialized view column'"
"  WHEN 'c' THEN 'composite type column' ELSE 'table column' END,"
" " SCHEMA ", " RELATION ", format('%s.%I', " RELATION ", a.attname), NULL,"
" NOT a.attislocal OR c.relkind IN ('v', 'm')"
", CASE WHEN c.relkind IN ('v', 'm')"
" THEN quote_ident(a.attname) || ' DEFAULT ' || " DEFAULT("a")
" WHEN a.attislocal THEN concat(quote_ident(a.attname), ' ',"
"  format_type(a.atttypid, a.atttypmod),"
"  CASE WHEN a.attcollation <> t.typcollation"
"   THEN " COLLATION("a.attcollation") " END,"
"  " GENERATED(DEFAULT("a")) ", " IDENTITY ","
"  CASE WHEN a.attnotnull THEN ' NOT NULL' END)"
" ELSE quote_ident(a.attname) || nullif(concat("
"  CASE WHEN a.atthasdef AND NOT " HAS_PARENT(DEFAULT("p") " = " DEFAULT("a"))
"   THEN " GENERATED(DEFAULT("a"))
"   WHEN NOT a.atthasdef AND " HAS_PARENT("p.atthasdef")
"   THEN ' DROP DEFAULT' END,"
"  CASE WHEN a.attnotnull AND NOT " HAS_PARENT("p.attnotnull")
"   THEN ' NOT NULL' END), '') END AS definition"
", CASE WHEN c.relkind IN ('r', 'p', 'f', 'm') AND CASE WHEN a.attislocal"
"   THEN a.attstorage <> t.typstorage"
"   ELSE NOT " HAS_PARENT("p.attstorage = a.attstorage") " END"
"  THEN CASE a.attstorage"
"   WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'"
"   ELSE 'EXTENDED' END END AS storage"
", CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4'"
"  ELSE nullif(a.attcompression::text, '') END AS compression"
", " SORTED("array(SELECT y FROM unnest(a.attoptions) y"
			"  WHERE NOT starts_with(y, 'pg_')) || a.attfdwoptions")
" AS options"
", nullif(a.attstattarget, -1)::text AS statistics"
", CASE WHEN a.attidentity <> '' THEN (SELECT s.seqrelid::regclass"
"  FROM " IDENTITY_SEQUENCE ") END AS \"name of the sequence\""
", CASE WHEN c.relkind IN ('r', 'p', 'f', 'c') THEN row_number() OVER"
"  (PARTITION BY a.attrelid ORDER BY a.attnum) END AS position"
" FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid" OF_RELATION
" JOIN pg_type t ON t.oid = a.atttypid"
" WHERE a.attnum > 0 AND NOT a.attisdropped"
" AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND " IS_RELATION;

/*
 * Would the server have chosen this name?  It shortens long ones, each in its
 * own way: of these, the beginning and the end count.  Of what there is only
 * once, the end is enough, for the table may have been renamed.
 */
#define LABEL \
	"CASE o.contype WHEN 'p' THEN '_pkey' WHEN 'u' THEN '_key'" \
	"  WHEN 'f' THEN '_fkey' WHEN 'x' THEN '_excl'" \
	"  WHEN 'n' THEN '_not_null' ELSE '_check' END"
#define IS_SYSTEM_MADE(of, columns) \
	"(right(regexp_replace(o.conname, '[0-9]+$', '')," \
	"   length(" LABEL ")) = " LABEL \
	" AND (o.contype IN ('p', 'n')" \
	"  OR left(regexp_replace(o.conname, '[0-9]+$', '')," \
	"   - length(" LABEL ")) IN (" of ", " of " || '_' || " columns ")" \
	"  OR octet_length(o.conname) > 56" \
	"   AND left(o.conname, 20) = left(" of ", 20)))"
#define COLUMNS \
	"(SELECT string_agg(a.attname, '_' ORDER BY k.number)" \
	" FROM unnest(o.conkey) WITH ORDINALITY AS k (attnum, number)" \
	" JOIN pg_attribute a ON a.attrelid = o.conrelid" \
	" AND a.attnum = k.attnum)"

/*
 * A partition's, and what is only inherited, are implied by those of their
 * tables.  What the index of one has, counts as its own.  NOT NULL is of the
 * column, unless there is more to be said.
 */
#define IS_IMPLIED "(NOT o.conislocal OR o.conparentid <> 0)"

static const char constraint_query[] =
"SELECT 'pg_constraint'::regclass::oid, o.oid, 0, 'table constraint',"
" " SCHEMA ", " RELATION ", format('%I on %s', o.conname, " RELATION "),"
" CASE WHEN m.is_system_made OR " IS_IMPLIED " THEN m.definition END,"
" " IS_IMPLIED ", CASE WHEN NOT " IS_IMPLIED " THEN m.definition END"
"  AS definition"
", " SORTED("x.reloptions") " AS options"
", (SELECT s.spcname FROM pg_tablespace s"
"  WHERE s.oid = x.reltablespace) AS tablespace"
", CASE WHEN o.contype = 'f' AND EXISTS (SELECT FROM pg_trigger g"
"  WHERE g.tgconstraint = o.oid AND g.tgenabled <> 'O')"
"  THEN 'not all enabled' END AS triggers"
" FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid" OF_RELATION
" LEFT JOIN pg_class x ON x.oid = o.conindid"
"  AND o.contype IN ('p', 'u', 'x')"
" CROSS JOIN LATERAL (SELECT pg_get_constraintdef(o.oid) AS definition, "
IS_SYSTEM_MADE("c.relname", COLUMNS) " AS is_system_made OFFSET 0) m"
" WHERE o.contype IN ('c', 'f', 'p', 'u', 'x', 'n')"
" AND " IS_RELATION
" AND (o.contype <> 'n' OR NOT m.is_system_made OR NOT o.convalidated"
"  OR o.connoinherit OR EXISTS (SELECT FROM pg_description d"
"   WHERE d.classoid = 'pg_constraint'::regclass AND d.objoid = o.oid))";

/*
 * A partition's index that is attached is implied by that of its table, but
 * may have options.  Its name was chosen by the server, mostly.
 */
static const char index_query[] =
"SELECT 'pg_class'::regclass::oid, x.oid, 0, 'index', " SCHEMA ","
" " RELATION ", format('%I.%I', n.nspname, x.relname),"
" CASE WHEN x.relispartition THEN replace(m.definition,"
"  format(' INDEX %I ON', x.relname), ' INDEX ON') END, x.relispartition"
", CASE WHEN NOT x.relispartition THEN m.definition"
"  || CASE WHEN o.indisvalid THEN '' ELSE ' (INVALID)' END END AS definition"
", CASE WHEN x.relispartition THEN " SORTED("x.reloptions") " END AS options"
", (SELECT s.spcname FROM pg_tablespace s"
"  WHERE s.oid = x.reltablespace) AS tablespace"
", (SELECT string_agg(concat_ws(' ', a.attnum, a.attstattarget), ', '"
"   ORDER BY a.attnum) FROM pg_attribute a"
"  WHERE a.attrelid = x.oid AND a.attstattarget >= 0) AS statistics"
" FROM pg_index o JOIN pg_class x ON x.oid = o.indexrelid"
" JOIN pg_class c ON c.oid = o.indrelid" OF_RELATION
" CROSS JOIN LATERAL (SELECT pg_get_indexdef(x.oid) AS definition OFFSET 0) m"
" WHERE " IS_RELATION
" AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid"
"  AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x'))";

/* A partition's is implied by that of its table, but may be disabled */
static const char trigger_query[] =
PART("pg_trigger", "trigger", "o.tgname", "o.tgparentid <> 0")
", CASE WHEN o.tgparentid = 0 THEN pg_get_triggerdef(o.oid) END AS definition"
", CASE WHEN o.tgenabled <> coalesce((SELECT p.tgenabled FROM pg_trigger p"
"  WHERE p.oid = o.tgparentid), 'O') THEN CASE o.tgenabled"
"   WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLED REPLICA'"
"   WHEN 'A' THEN 'ENABLED ALWAYS' ELSE 'ENABLED' END END AS enabled"
" FROM pg_trigger o JOIN pg_class c ON c.oid = o.tgrelid" OF_RELATION
" WHERE NOT o.tgisinternal AND " IS_RELATION " AND " NOT_OURS("o.tgfoid");

static const char rule_query[] =
PART("pg_rewrite", "rule", "o.rulename", "false")
", pg_get_ruledef(o.oid) AS definition" ENABLED("o.ev_enabled")
" FROM pg_rewrite o JOIN pg_class c ON c.oid = o.ev_class" OF_RELATION
" WHERE o.rulename <> '_RETURN' AND " IS_RELATION;

static const char policy_query[] =
PART("pg_policy", "policy", "o.polname", "false")
", concat(CASE WHEN NOT o.polpermissive THEN 'AS RESTRICTIVE ' END,"
"  'FOR ', CASE o.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'"
"   WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,"
"  ' TO ', (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC'"
"   ELSE quote_ident(pg_get_userbyid(r)) END, ', ' ORDER BY"
"   pg_get_userbyid(r) COLLATE \"C\") FROM unnest(o.polroles) r),"
"  ' USING (' || pg_get_expr(o.polqual, o.polrelid) || ')',"
"  ' WITH CHECK (' || pg_get_expr(o.polwithcheck, o.polrelid) || ')')"
"  AS definition"
" FROM pg_policy o JOIN pg_class c ON c.oid = o.polrelid" OF_RELATION
" WHERE " IS_RELATION;

static const char statistics_query[] =
"SELECT 'pg_statistic_ext'::regclass::oid, o.oid, 0, 'statistics object',"
" " SCHEMA ", " RELATION ", format('%I.%I', ns.nspname, o.stxname), NULL,"
" false, pg_get_statisticsobjdef(o.oid) AS definition"
OWNER("o.stxowner")
", nullif(o.stxstattarget, -1)::text AS statistics"
" FROM pg_statistic_ext o JOIN pg_namespace ns ON ns.oid = o.stxnamespace"
" JOIN pg_class c ON c.oid = o.stxrelid" OF_RELATION
" WHERE " IS_RELATION " AND " NO_MEMBER("pg_statistic_ext", "o.oid");

/* That of an identity column is part of the column */
static const char sequence_query[] =
"SELECT 'pg_class'::regclass::oid, c.oid, 0, 'sequence', " SCHEMA ","
" coalesce(u.relation, ''), " RELATION ", NULL, false"
", concat(CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' END,"
"  'SEQUENCE AS ', format_type(s.seqtypid, NULL), " SEQUENCE ")"
"  AS definition"
OWNER("c.relowner") ", u.column AS \"owned by\""
" FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid" OF_RELATION
" LEFT JOIN LATERAL (SELECT d.refobjid::regclass::text AS relation,"
"  (SELECT format('%s.%I', d.refobjid::regclass, a.attname)"
"   FROM pg_attribute a WHERE a.attrelid = d.refobjid"
"   AND a.attnum = d.refobjsubid) AS column"
"  FROM pg_depend d WHERE d.classid = 'pg_class'::regclass"
"  AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass"
"  AND d.refobjsubid > 0 AND d.deptype = 'a') u ON true"
" WHERE " IS_RELATION " AND NOT " DEPENDS("pg_class", "c.oid", "'i'");

/* The attributes of a composite type are columns */
static const char type_query[] =
IDENTIFIED_AS("pg_type", "oid", "i.schema", "i.identity", "NULL")
", CASE WHEN NOT o.typisdefined THEN 'SHELL'"
" WHEN o.typtype = 'c' THEN 'COMPOSITE'"
" WHEN o.typtype = 'e' THEN (SELECT string_agg("
"   quote_literal(l.enumlabel), E'\\n' ORDER BY l.enumsortorder)"
"  FROM pg_enum l WHERE l.enumtypid = o.oid)"
" WHEN o.typtype = 'd' THEN concat("
"  'DOMAIN AS ', format_type(o.typbasetype, o.typtypmod),"
"  CASE WHEN o.typcollation <> (SELECT b.typcollation FROM pg_type b"
"   WHERE b.oid = o.typbasetype) THEN " COLLATION("o.typcollation") " END,"
"  ' DEFAULT ' || coalesce(pg_get_expr(o.typdefaultbin, 0), o.typdefault),"
"  CASE WHEN o.typnotnull THEN ' NOT NULL' END)"
" WHEN o.typtype = 'r' THEN (SELECT concat_ws(E'\\n', 'RANGE',"
TYPE("SUBTYPE", "r.rngsubtype") ", (SELECT 'SUBTYPE_OPCLASS ' || k.identity"
"   FROM pg_identify_object('pg_opclass'::regclass, r.rngsubopc, 0) k),"
"  ltrim(" COLLATION("r.rngcollation") "),"
FUNCTION("CANONICAL", "r.rngcanonical") ","
FUNCTION("SUBTYPE_DIFF", "r.rngsubdiff") ","
TYPE("MULTIRANGE_TYPE_NAME", "r.rngmultitypid") ")"
"  FROM pg_range r WHERE r.rngtypid = o.oid)"
" ELSE concat_ws(E'\\n', " FUNCTION("INPUT", "o.typinput") ","
FUNCTION("OUTPUT", "o.typoutput") "," FUNCTION("RECEIVE", "o.typreceive") ","
FUNCTION("SEND", "o.typsend") "," FUNCTION("TYPMOD_IN", "o.typmodin") ","
FUNCTION("TYPMOD_OUT", "o.typmodout") ","
FUNCTION("ANALYZE", "o.typanalyze") ","
FUNCTION("SUBSCRIPT", "o.typsubscript") ","
TYPE("ELEMENT", "o.typelem") ", 'INTERNALLENGTH ' || o.typlen,"
"  CASE WHEN o.typbyval THEN 'PASSEDBYVALUE' END,"
"  'ALIGNMENT ' || o.typalign::text, 'STORAGE ' || o.typstorage::text,"
"  'CATEGORY ' || o.typcategory::text,"
"  CASE WHEN o.typispreferred THEN 'PREFERRED' END,"
"  'DELIMITER ' || o.typdelim::text,"
"  CASE WHEN o.typcollation <> 0 THEN 'COLLATABLE' END,"
"  'DEFAULT ' || o.typdefault) END AS definition"
OWNER("o.typowner")
FROM("pg_type", "pg_type", "oid")
WHERE("pg_type", "oid") " AND " IN_SCHEMA("o.typnamespace")
" AND CASE o.typtype WHEN 'c' THEN (SELECT r.relkind FROM pg_class r"
"   WHERE r.oid = o.typrelid) = 'c'"
"  WHEN 'b' THEN NOT EXISTS (SELECT FROM pg_type e"
"   WHERE e.typarray = o.oid)"
"  WHEN 'p' THEN NOT o.typisdefined"
"  ELSE o.typtype IN ('d', 'e', 'r') END";

static const char domain_constraint_query[] =
IDENTIFIED_AS("pg_constraint", "oid", "i.schema", "t.identity",
			  "CASE WHEN m.is_system_made THEN m.definition END")
", m.definition"
FROM("pg_constraint", "pg_constraint", "oid")
" JOIN pg_type y ON y.oid = o.contypid"
" CROSS JOIN LATERAL"
"  pg_identify_object('pg_type'::regclass, o.contypid, 0) t"
" CROSS JOIN LATERAL (SELECT pg_get_constraintdef(o.oid) AS definition, "
IS_SYSTEM_MADE("y.typname", "''") " AS is_system_made) m"
" WHERE o.contypid <> 0 AND " BY_USERS("o.oid")
" AND (o.contype <> 'n' OR NOT m.is_system_made)"
" AND " NO_MEMBER("pg_type", "o.contypid")
" AND " IN_SCHEMA("y.typnamespace");

#define AGGREGATE(word, name) \
	FUNCTION(word, "g." name)

static const char function_query[] =
IDENTIFIED("pg_proc", "oid")
", CASE o.prokind WHEN 'a' THEN (SELECT concat_ws(E'\\n',"
"  'AGGREGATE ' || pg_get_function_arguments(o.oid),"
AGGREGATE("SFUNC", "aggtransfn") "," TYPE("STYPE", "g.aggtranstype") ","
"  'SSPACE ' || nullif(g.aggtransspace, 0),"
AGGREGATE("FINALFUNC", "aggfinalfn") ","
"  CASE WHEN g.aggfinalextra THEN 'FINALFUNC_EXTRA' END,"
"  'FINALFUNC_MODIFY ' || g.aggfinalmodify::text,"
AGGREGATE("COMBINEFUNC", "aggcombinefn") ","
AGGREGATE("SERIALFUNC", "aggserialfn") ","
AGGREGATE("DESERIALFUNC", "aggdeserialfn") ","
"  'INITCOND ' || quote_literal(g.agginitval),"
AGGREGATE("MSFUNC", "aggmtransfn") ","
AGGREGATE("MINVFUNC", "aggminvtransfn") ","
TYPE("MSTYPE", "g.aggmtranstype") ","
"  'MSSPACE ' || nullif(g.aggmtransspace, 0),"
AGGREGATE("MFINALFUNC", "aggmfinalfn") ","
"  CASE WHEN g.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,"
"  'MFINALFUNC_MODIFY ' || g.aggmfinalmodify::text,"
"  'MINITCOND ' || quote_literal(g.aggminitval),"
"  CASE WHEN g.aggsortop <> 0"
"   THEN 'SORTOP ' || g.aggsortop::regoperator END,"
"  'KIND ' || g.aggkind::text, 'PARALLEL ' || o.proparallel::text)"
"  FROM pg_aggregate g WHERE g.aggfnoid = o.oid)"
" ELSE rtrim(pg_get_functiondef(o.oid), E'\\n') END AS definition"
OWNER("o.proowner")
FROM("pg_proc", "pg_proc", "oid")
" WHERE " BY_USERS("o.oid") " AND " IN_SCHEMA("o.pronamespace")
" AND NOT " DEPENDS("pg_proc", "o.oid", "'e', 'i'");

static const char operator_query[] =
IDENTIFIED("pg_operator", "oid")
", concat_ws(E'\\n', " FUNCTION("FUNCTION", "o.oprcode") ","
"  CASE WHEN o.oprcom <> 0 THEN 'COMMUTATOR ' || o.oprcom::regoperator END,"
"  CASE WHEN o.oprnegate <> 0"
"   THEN 'NEGATOR ' || o.oprnegate::regoperator END,"
FUNCTION("RESTRICT", "o.oprrest") "," FUNCTION("JOIN", "o.oprjoin") ","
"  CASE WHEN o.oprcanhash THEN 'HASHES' END,"
"  CASE WHEN o.oprcanmerge THEN 'MERGES' END) AS definition"
OWNER("o.oprowner")
FROM("pg_operator", "pg_operator", "oid")
WHERE("pg_operator", "oid") " AND " IN_SCHEMA("o.oprnamespace");

/* The members of a family o, and whether a class has been created with it */
#define MEMBERS(family) \
	"(SELECT string_agg(m.line, E'\\n' ORDER BY m.line COLLATE \"C\") FROM (" \
	"  SELECT concat(format('OPERATOR %s ', p.amopstrategy)," \
	"   p.amopopr::regoperator, (SELECT ' FOR ORDER BY ' || s.identity" \
	"   FROM pg_identify_object('pg_opfamily'::regclass," \
	"    p.amopsortfamily, 0) s WHERE p.amopsortfamily <> 0)) AS line" \
	"  FROM pg_amop p WHERE p.amopfamily = " family \
	"  UNION ALL SELECT format('FUNCTION %s (%s, %s) %s', p.amprocnum," \
	"   format_type(p.amproclefttype, NULL)," \
	"   format_type(p.amprocrighttype, NULL), p.amproc::regprocedure)" \
	"  FROM pg_amproc p WHERE p.amprocfamily = " family ") m)"
#define IS_OF_CLASS(class, family) \
	"(" class ".opcname = " family ".opfname AND" \
	" " class ".opcnamespace = " family ".opfnamespace AND" \
	" " class ".opcfamily = " family ".oid)"

/* The one that has come with a class has hardly anything of its own */
static const char family_query[] =
IDENTIFIED_IF("pg_opfamily", "oid", "i.schema", "''", "NULL",
			  "k.owner IS NOT NULL")
", CASE WHEN k.owner IS NULL THEN " MEMBERS("o.oid") " END AS definition"
", nullif(pg_get_userbyid(o.opfowner), k.owner) AS owner"
FROM("pg_opfamily", "pg_opfamily", "oid")
" LEFT JOIN LATERAL (SELECT pg_get_userbyid(k.opcowner) AS owner"
"  FROM pg_opclass k WHERE " IS_OF_CLASS("k", "o") ") k ON true"
WHERE("pg_opfamily", "oid") " AND " IN_SCHEMA("o.opfnamespace");

static const char class_query[] =
IDENTIFIED("pg_opclass", "oid")
", concat(CASE WHEN o.opcdefault THEN 'DEFAULT ' END, 'FOR TYPE ',"
"  format_type(o.opcintype, NULL), ' FAMILY ', f.identity,"
"  CASE WHEN o.opckeytype <> 0"
"   THEN ' STORAGE ' || format_type(o.opckeytype, NULL) END,"
"  E'\n' || (SELECT " MEMBERS("k.oid") " FROM pg_opfamily k WHERE "
IS_OF_CLASS("o", "k") ")) AS definition"
OWNER("o.opcowner")
FROM("pg_opclass", "pg_opclass", "oid")
" CROSS JOIN LATERAL"
"  pg_identify_object('pg_opfamily'::regclass, o.opcfamily, 0) f"
WHERE("pg_opclass", "oid") " AND " IN_SCHEMA("o.opcnamespace");

static const char collation_query[] =
IDENTIFIED("pg_collation", "oid")
", concat_ws(', ', 'PROVIDER ' || o.collprovider::text,"
"  'LC_COLLATE ' || o.collcollate, 'LC_CTYPE ' || o.collctype,"
"  'LOCALE ' || coalesce(j.c->>'colllocale', j.c->>'colliculocale'),"
"  CASE WHEN NOT o.collisdeterministic THEN 'NOT DETERMINISTIC' END,"
"  'RULES ' || (j.c->>'collicurules')) AS definition"
OWNER("o.collowner")
FROM("pg_collation", "pg_collation", "oid")
", LATERAL to_jsonb(o) AS j (c)"
WHERE("pg_collation", "oid") " AND " IN_SCHEMA("o.collnamespace");

static const char conversion_query[] =
IDENTIFIED("pg_conversion", "oid")
", concat(CASE WHEN o.condefault THEN 'DEFAULT ' END,"
"  format('FOR %L TO %L FROM %s', pg_encoding_to_char(o.conforencoding),"
"  pg_encoding_to_char(o.contoencoding), o.conproc)) AS definition"
OWNER("o.conowner")
FROM("pg_conversion", "pg_conversion", "oid")
WHERE("pg_conversion", "oid") " AND " IN_SCHEMA("o.connamespace");

static const char search_parser_query[] =
IDENTIFIED("pg_ts_parser", "oid")
", concat_ws(E'\\n', " FUNCTION("START", "o.prsstart") ","
FUNCTION("GETTOKEN", "o.prstoken") "," FUNCTION("END", "o.prsend") ","
FUNCTION("HEADLINE", "o.prsheadline") ","
FUNCTION("LEXTYPES", "o.prslextype") ") AS definition"
FROM("pg_ts_parser", "pg_ts_parser", "oid")
WHERE("pg_ts_parser", "oid") " AND " IN_SCHEMA("o.prsnamespace");

static const char search_template_query[] =
IDENTIFIED("pg_ts_template", "oid")
", concat_ws(', ', " FUNCTION("INIT", "o.tmplinit") ","
FUNCTION("LEXIZE", "o.tmpllexize") ") AS definition"
FROM("pg_ts_template", "pg_ts_template", "oid")
WHERE("pg_ts_template", "oid") " AND " IN_SCHEMA("o.tmplnamespace");

static const char search_dictionary_query[] =
IDENTIFIED("pg_ts_dict", "oid")
", concat('TEMPLATE ', (SELECT p.identity FROM"
"  pg_identify_object('pg_ts_template'::regclass, o.dicttemplate, 0) p),"
"  ' (' || o.dictinitoption || ')') AS definition"
OWNER("o.dictowner")
FROM("pg_ts_dict", "pg_ts_dict", "oid")
WHERE("pg_ts_dict", "oid") " AND " IN_SCHEMA("o.dictnamespace");

/* The names of tokens only the parser knows: they stay numbers */
static const char search_configuration_query[] =
IDENTIFIED("pg_ts_config", "oid")
", concat_ws(E'\\n', 'PARSER ' || (SELECT p.identity FROM"
"  pg_identify_object('pg_ts_parser'::regclass, o.cfgparser, 0) p),"
"  (SELECT string_agg(format('MAPPING FOR TOKEN %s WITH %s', m.token,"
"    m.list), E'\\n' ORDER BY m.token) FROM (SELECT p.maptokentype AS token,"
"     string_agg(p.mapdict::regdictionary::text, ', '"
"      ORDER BY p.mapseqno) AS list FROM pg_ts_config_map p"
"    WHERE p.mapcfg = o.oid GROUP BY p.maptokentype) m)) AS definition"
OWNER("o.cfgowner")
FROM("pg_ts_config", "pg_ts_config", "oid")
WHERE("pg_ts_config", "oid") " AND " IN_SCHEMA("o.cfgnamespace");

/* What initdb has made has only grants, if they are others than at first */
#define INITIAL(class, kind, owner, acl, condition) \
	"SELECT '" class "'::regclass, o.oid, 0, '" kind "'::\"char\"," \
	" " owner ", " acl " FROM " class " o" \
	" WHERE " acl " IS NOT NULL AND o.oid < 16384" condition

static const char initial_query[] =
"SELECT o.class::oid, o.oid, o.sub, i.type, coalesce(i.schema, ''), '',"
" i.identity, NULL, true, "
GRANTS("o.acl", "coalesce(p.initprivs, acldefault(o.kind, o.owner))",
	   "acldefault(o.kind, o.owner)", "o.owner") " AS grants"
" FROM ("
INITIAL("pg_proc", "f", "o.proowner", "o.proacl", "") " UNION ALL "
INITIAL("pg_class", "r", "o.relowner", "o.relacl", "") " UNION ALL "
INITIAL("pg_type", "T", "o.typowner", "o.typacl", "") " UNION ALL "
INITIAL("pg_language", "l", "o.lanowner", "o.lanacl", "") " UNION ALL "
INITIAL("pg_namespace", "n", "o.nspowner", "o.nspacl",
		" AND o.nspname <> 'public'")
"  UNION ALL SELECT 'pg_class'::regclass, o.oid, a.attnum, 'c', o.relowner,"
"   a.attacl FROM pg_attribute a JOIN pg_class o ON o.oid = a.attrelid"
"   WHERE a.attacl IS NOT NULL AND o.oid < 16384)"
" o (class, oid, sub, kind, owner, acl)"
" LEFT JOIN pg_init_privs p ON p.objoid = o.oid AND p.classoid = o.class"
"  AND p.objsubid = o.sub"
" CROSS JOIN LATERAL pg_identify_object(o.class, o.oid, o.sub) i"
" WHERE o.acl IS DISTINCT FROM"
"  coalesce(p.initprivs, acldefault(o.kind, o.owner))";

const DiffQuery diff_queries_objects[] = {
	{database_query, 0, NULL},
	{extension_query, 0, NULL},
	{language_query, 0, NULL},
	{access_method_query, 0, NULL},
	{cast_query, 0, NULL},
	{transform_query, 0, NULL},
	{wrapper_query, 0, NULL},
	{server_query, 0, NULL},
	{user_mapping_query, 0, NULL},
	{publication_query, 0, NULL},
	{publication_relation_query, 150000, publication_relation_former},
	{publication_schema_query, 150000, NULL},
	{subscription_query, 160000, subscription_former},
	{event_trigger_query, 0, NULL},
	{default_acl_query, 0, NULL},
	{schema_query, 0, NULL},
	{type_query, 0, NULL},
	{domain_constraint_query, 0, NULL},
	{function_query, 0, NULL},
	{operator_query, 0, NULL},
	{family_query, 0, NULL},
	{class_query, 0, NULL},
	{collation_query, 0, NULL},
	{conversion_query, 0, NULL},
	{search_parser_query, 0, NULL},
	{search_template_query, 0, NULL},
	{search_dictionary_query, 0, NULL},
	{search_configuration_query, 0, NULL},
	{relation_query, 0, NULL},
	{column_query, 0, NULL},
	{constraint_query, 0, NULL},
	{index_query, 0, NULL},
	{trigger_query, 0, NULL},
	{rule_query, 0, NULL},
	{policy_query, 0, NULL},
	{statistics_query, 0, NULL},
	{sequence_query, 0, NULL},
	{initial_query, 0, NULL},
};
const int	diff_queries_objects_count = lengthof(diff_queries_objects);

/*
 * The sequence of an identity column, and the index of a constraint, are not
 * among the objects: what is said of the relation c is said of these.
 */
#define STAND_IN \
	" LEFT JOIN LATERAL (SELECT 'column' AS of, d.refclassid AS class," \
	"  d.refobjid AS id, d.refobjsubid AS sub FROM pg_depend d" \
	"  WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass" \
	"  AND d.objid = c.oid AND d.deptype = 'i'" \
	"  UNION ALL SELECT 'constraint', 'pg_constraint'::regclass, k.oid, 0" \
	"  FROM pg_constraint k WHERE c.relkind IN ('i', 'I')" \
	"  AND k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')) s ON true"

#define ACL(class, sub, kind, owner, acl, source) \
	" UNION ALL SELECT '" class "'::regclass::oid, o.oid, " sub ", " kind "," \
	" " owner ", " acl " FROM " source \
	" WHERE " acl " IS NOT NULL AND " BY_USERS("o.oid")

static const char grants_query[] =
"SELECT coalesce(s.class, a.class), coalesce(s.id, a.id),"
" coalesce(s.sub, a.sub),"
" CASE WHEN s.of IS NULL THEN g.list END AS grants,"
" CASE WHEN s.of IS NOT NULL THEN g.list END AS \"grants on the sequence\""
" FROM (SELECT 'pg_class'::regclass::oid, o.oid, 0,"
"   CASE o.relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", o.relowner,"
"   o.relacl FROM pg_class o"
"  WHERE o.relacl IS NOT NULL AND " BY_USERS("o.oid")
ACL("pg_class", "t.attnum", "'c'", "o.relowner", "t.attacl",
	"pg_class o JOIN pg_attribute t ON t.attrelid = o.oid")
ACL("pg_proc", "0", "'f'", "o.proowner", "o.proacl", "pg_proc o")
ACL("pg_type", "0", "'T'", "o.typowner", "o.typacl", "pg_type o")
ACL("pg_language", "0", "'l'", "o.lanowner", "o.lanacl", "pg_language o")
ACL("pg_foreign_data_wrapper", "0", "'F'", "o.fdwowner", "o.fdwacl",
	"pg_foreign_data_wrapper o")
ACL("pg_foreign_server", "0", "'S'", "o.srvowner", "o.srvacl",
	"pg_foreign_server o")
"  UNION ALL SELECT 'pg_namespace'::regclass::oid, o.oid, 0, 'n',"
"   o.nspowner, o.nspacl FROM pg_namespace o WHERE o.nspacl IS NOT NULL"
"   AND " OF_USERS("o.oid", "o.nspname")
"  UNION ALL SELECT 'pg_database'::regclass::oid, o.oid, 0, 'd',"
"   o.datdba, o.datacl FROM pg_database o"
"   WHERE o.datacl IS NOT NULL AND o.datname = current_database())"
" AS a (class, id, sub, kind, owner, acl)"
" LEFT JOIN pg_class c ON c.oid = a.id AND a.sub = 0"
"  AND a.class = 'pg_class'::regclass" STAND_IN
" CROSS JOIN LATERAL (SELECT "
GRANTS("a.acl", "acldefault(a.kind, a.owner)",
	   "acldefault(a.kind, a.owner)", "a.owner") " AS list) g";

static const char comments_query[] =
"SELECT coalesce(s.class, o.classoid), coalesce(s.id, o.objoid),"
" coalesce(s.sub, o.objsubid),"
" CASE WHEN s.of IS NULL THEN o.description END AS comment,"
" CASE s.of WHEN 'constraint' THEN o.description END"
"  AS \"comment on the index\","
" CASE s.of WHEN 'column' THEN o.description END"
"  AS \"comment on the sequence\""
" FROM pg_description o"
" LEFT JOIN pg_class c ON c.oid = o.objoid AND o.objsubid = 0"
"  AND o.classoid = 'pg_class'::regclass" STAND_IN
" WHERE " BY_USERS("o.objoid") " OR o.classoid = 'pg_extension'::regclass"
" OR o.classoid = 'pg_namespace'::regclass AND o.objoid IN"
"  (SELECT n.oid FROM pg_namespace n WHERE n.nspname = 'public')"
" UNION ALL SELECT o.classoid, o.objoid, 0, o.description, NULL, NULL"
"  FROM pg_shdescription o";

static const char labels_query[] =
"SELECT o.classoid, o.objoid, o.objsubid,"
" string_agg(format('%s: %s', o.provider, o.label), E'\\n'"
"  ORDER BY o.provider COLLATE \"C\") AS \"security label\""
" FROM (SELECT l.classoid, l.objoid, l.objsubid, l.provider, l.label"
"  FROM pg_seclabel l"
"  UNION ALL SELECT l.classoid, l.objoid, 0, l.provider, l.label"
"  FROM pg_shseclabel l) o"
" GROUP BY 1, 2, 3";

static const char extensions_query[] =
"SELECT coalesce(s.class, o.classid), coalesce(s.id, o.objid),"
" coalesce(s.sub, o.objsubid),"
" string_agg(quote_ident(e.extname), ', ' ORDER BY e.extname COLLATE \"C\")"
"  AS \"dependency on an extension\""
" FROM pg_depend o JOIN pg_extension e ON e.oid = o.refobjid"
" LEFT JOIN pg_class c ON c.oid = o.objid"
"  AND o.classid = 'pg_class'::regclass" STAND_IN
" WHERE o.deptype = 'x' AND o.refclassid = 'pg_extension'::regclass"
" GROUP BY 1, 2, 3";

const DiffQuery diff_queries_aspects[] = {
	{grants_query, 0, NULL}, {comments_query, 0, NULL},
	{labels_query, 0, NULL}, {extensions_query, 0, NULL},
};
const int	diff_queries_aspects_count = lengthof(diff_queries_aspects);
