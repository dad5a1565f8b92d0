-- What exists now, and which patch made it.
--
-- Left out are what initdb made (its OIDs are below 16384), temporary objects,
-- the members of extensions and what is on their tables, and what only exists
-- for something else: row and array types, TOAST tables, internal triggers,
-- rules of views, NOT NULL constraints, the functions that make ranges, and
-- what a foreign key has for each partition that it refers to.

CREATE FUNCTION _v.user_objects(
    OUT object_type text,
    OUT schema_name text,
    OUT identity text
) RETURNS SETOF record
LANGUAGE sql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    WITH members AS MATERIALIZED (
        SELECT classid, objid FROM pg_depend
         WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
            OR classid IN ('pg_proc'::regclass, 'pg_cast'::regclass)
               AND deptype = 'i'
    ), hidden_schemas AS MATERIALIZED (
        SELECT oid FROM pg_namespace
         WHERE nspname ~ '^pg_(temp|toast)' OR nspname = 'pg_catalog'
    ), relations AS MATERIALIZED (
        SELECT c.oid, relkind, nspname, relname
          FROM pg_class c
          JOIN pg_namespace n ON n.oid = relnamespace
          LEFT JOIN pg_index i ON indexrelid = c.oid
         WHERE c.oid >= 16384 AND relpersistence <> 't'
           AND relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'i', 'I')
           AND relnamespace NOT IN (SELECT oid FROM hidden_schemas)
           AND coalesce(indrelid, c.oid) NOT IN
               (SELECT objid FROM members
                 WHERE classid = 'pg_class'::regclass)
    ), constraints AS MATERIALIZED (
        SELECT c.oid, conname, nspname, relname
          FROM pg_constraint c JOIN relations r ON r.oid = conrelid
         WHERE contype IN ('c', 'f', 'p', 'u', 'x')
           AND NOT EXISTS (SELECT FROM pg_constraint parent
                            WHERE parent.oid = c.conparentid
                              AND parent.conrelid = c.conrelid)
    ), others (classid, objid, namespace) AS (
        SELECT 'pg_namespace'::regclass, oid, oid FROM pg_namespace
        UNION ALL
        SELECT 'pg_proc'::regclass, oid, pronamespace FROM pg_proc
        UNION ALL
        SELECT 'pg_type'::regclass, t.oid, typnamespace
          FROM pg_type t LEFT JOIN pg_class c ON c.oid = typrelid
         WHERE CASE WHEN typtype = 'c' THEN relkind = 'c'
                    WHEN typtype = 'b' THEN
                         NOT EXISTS (SELECT FROM pg_type e
                                      WHERE e.typarray = t.oid)
                    ELSE typtype IN ('d', 'e', 'r') END
        UNION ALL
        SELECT 'pg_constraint'::regclass, c.oid, connamespace
          FROM pg_constraint c
         WHERE contypid <> 0 AND contype = 'c'
           AND contypid NOT IN (SELECT objid FROM members
                                 WHERE classid = 'pg_type'::regclass)
        UNION ALL
        SELECT 'pg_trigger'::regclass, t.oid, 0
          FROM pg_trigger t JOIN relations r ON r.oid = tgrelid
         WHERE NOT tgisinternal
        UNION ALL
        SELECT 'pg_rewrite'::regclass, w.oid, 0
          FROM pg_rewrite w JOIN relations r ON r.oid = ev_class
         WHERE rulename <> '_RETURN'
        UNION ALL
        SELECT 'pg_policy'::regclass, p.oid, 0
          FROM pg_policy p JOIN relations r ON r.oid = polrelid
        UNION ALL
        SELECT 'pg_operator'::regclass, oid, oprnamespace FROM pg_operator
        UNION ALL
        SELECT 'pg_opclass'::regclass, oid, opcnamespace FROM pg_opclass
        UNION ALL
        SELECT 'pg_opfamily'::regclass, oid, opfnamespace FROM pg_opfamily
        UNION ALL
        SELECT 'pg_collation'::regclass, oid, collnamespace FROM pg_collation
        UNION ALL
        SELECT 'pg_conversion'::regclass, oid, connamespace
          FROM pg_conversion
        UNION ALL
        SELECT 'pg_statistic_ext'::regclass, oid, stxnamespace
          FROM pg_statistic_ext
        UNION ALL
        SELECT 'pg_ts_config'::regclass, oid, cfgnamespace FROM pg_ts_config
        UNION ALL
        SELECT 'pg_ts_dict'::regclass, oid, dictnamespace FROM pg_ts_dict
        UNION ALL
        SELECT 'pg_ts_parser'::regclass, oid, prsnamespace FROM pg_ts_parser
        UNION ALL
        SELECT 'pg_ts_template'::regclass, oid, tmplnamespace
          FROM pg_ts_template
        UNION ALL
        SELECT 'pg_cast'::regclass, oid, 0 FROM pg_cast
        UNION ALL
        SELECT 'pg_transform'::regclass, oid, 0 FROM pg_transform
        UNION ALL
        SELECT 'pg_language'::regclass, oid, 0 FROM pg_language
        UNION ALL
        SELECT 'pg_am'::regclass, oid, 0 FROM pg_am
        UNION ALL
        SELECT 'pg_foreign_data_wrapper'::regclass, oid, 0
          FROM pg_foreign_data_wrapper
        UNION ALL
        SELECT 'pg_foreign_server'::regclass, oid, 0 FROM pg_foreign_server
        UNION ALL
        SELECT 'pg_user_mapping'::regclass, umid, 0 FROM pg_user_mappings
        UNION ALL
        SELECT 'pg_default_acl'::regclass, oid, 0 FROM pg_default_acl
        UNION ALL
        SELECT 'pg_extension'::regclass, oid, 0 FROM pg_extension
         WHERE extname <> 'versioning'
        UNION ALL
        SELECT 'pg_publication'::regclass, oid, 0 FROM pg_publication
        UNION ALL
        SELECT 'pg_publication_rel'::regclass, oid, 0
          FROM pg_publication_rel
    )
    SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table'
                        WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view'
                        WHEN 'm' THEN 'materialized view'
                        WHEN 'S' THEN 'sequence' ELSE 'index' END,
           nspname::text, format('%I.%I', nspname, relname)
      FROM relations
     WHERE oid NOT IN (SELECT objid FROM members
                        WHERE classid = 'pg_class'::regclass)
    UNION ALL
    SELECT 'table constraint', nspname::text,
           format('%I on %I.%I', conname, nspname, relname)
      FROM constraints
    UNION ALL
    SELECT 'subscription', NULL, quote_ident(subname)
      FROM pg_subscription JOIN pg_database d ON d.oid = subdbid
     WHERE datname = current_database()
    UNION ALL
    SELECT i.type, i.schema, i.identity
      FROM others, pg_identify_object(classid, objid, 0) AS i
     WHERE objid >= 16384
       AND namespace NOT IN (SELECT oid FROM hidden_schemas)
       AND (classid, objid) NOT IN (SELECT classid, objid FROM members)
$$;

-- The latest change that gave an object its name, if it is the latest one of
-- the life that it belongs to: see src/changes/life.c.

CREATE VIEW _v.objects AS
SELECT o.object_type, o.schema_name, o.identity,
       made.patch_name AS created_by_patch, first.changed_at AS created_at,
       first.role_name AS created_by_role,
       touched.patch_name AS changed_by_patch, last.changed_at,
       last.role_name AS changed_by_role
  FROM _v.user_objects() AS o
  LEFT JOIN (SELECT object_type, identity, max(id) AS id FROM _v.changes
              GROUP BY object_type, identity) AS named
         ON (named.object_type, named.identity) = (o.object_type, o.identity)
  LEFT JOIN (SELECT max(id) AS id FROM _v.changes GROUP BY first_id) AS ended
         ON ended.id = named.id
  LEFT JOIN _v.changes AS last
         ON last.id = ended.id AND last.action <> 'dropped'
  LEFT JOIN _v.changes AS first
         ON first.id = last.first_id AND first.action = 'created'
  LEFT JOIN _v.history AS made ON made.id = first.history_id
  LEFT JOIN _v.history AS touched ON touched.id = last.history_id;

COMMENT ON FUNCTION _v.user_objects() IS
'The objects of this database that its users have made.
Returns their types, schemas and identities, as pg_identify_object() has
them. Left out are the members of extensions, temporary objects, and those
that exist only for another one. Raises nothing; locks what SELECT locks.';
COMMENT ON VIEW _v.objects IS
'Each object that users of this database have made and that exists now, with the patch that created it and the one that last changed it.';
COMMENT ON COLUMN _v.objects.object_type IS
'Type of the object, as in pg_identify_object().';
COMMENT ON COLUMN _v.objects.schema_name IS
'Schema of the object, if it has one.';
COMMENT ON COLUMN _v.objects.identity IS
'The object, as in pg_identify_object().';
COMMENT ON COLUMN _v.objects.created_by_patch IS
'Patch that created it. NULL if that was not recorded, or was outside any patch.';
COMMENT ON COLUMN _v.objects.created_at IS
'When it was created. NULL if that was not recorded.';
COMMENT ON COLUMN _v.objects.created_by_role IS
'Role that created it. NULL if that was not recorded.';
COMMENT ON COLUMN _v.objects.changed_by_patch IS
'Patch that last changed it, by being applied or taken back. NULL if no change was recorded, or the last one was outside any patch.';
COMMENT ON COLUMN _v.objects.changed_at IS
'When it was last changed; its creation counts. NULL if nothing was recorded.';
COMMENT ON COLUMN _v.objects.changed_by_role IS
'Role that last changed it. NULL if nothing was recorded.';
