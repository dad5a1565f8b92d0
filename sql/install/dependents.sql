-- What depends on a relation or a column, out of the way while that is
-- changed, and back. See src/dependents/.
--
-- Everything is found in pg_depend, and each object is dropped by a command of
-- its own, without CASCADE, after all that depends on it. What we do not know
-- how to bring back is never dropped: it makes PostgreSQL refuse, and so do
-- objects that depend on one another.
--
-- An object is its address, as in pg_depend; a view is never its rule, nor an
-- index that of a constraint, and a generated column is never its expression.

-- What depends on this one, and on the rows or the index that it has. On a
-- generated column depend those that have inherited it. The relation is the
-- one that a dependent belongs to, itself if it is one.

CREATE FUNCTION _v.direct_dependents(
    in_class oid,
    in_object oid,
    in_part int4,
    OUT class_id oid,
    OUT object_id oid,
    OUT part int4,
    OUT relation_id oid
) RETURNS SETOF record
LANGUAGE sql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
    WITH referenced (class, object) AS (
        SELECT in_class, in_object
        UNION ALL
        SELECT 'pg_type'::regclass, type
          FROM pg_class AS c
          JOIN pg_type AS t ON t.oid = reltype,
               LATERAL (VALUES (t.oid), (typarray)) AS types (type)
         WHERE in_class = 'pg_class'::regclass AND c.oid = in_object
           AND in_part = 0
        UNION ALL
        SELECT 'pg_class'::regclass, conindid FROM pg_constraint
         WHERE in_class = 'pg_constraint'::regclass AND oid = in_object
           AND contype IN ('p', 'u', 'x')
    ), found AS (
        SELECT classid, objid, objsubid
          FROM referenced
          JOIN pg_depend ON refclassid = class AND refobjid = object
         WHERE in_part = 0 OR refobjsubid = in_part
    ), dependents (class_id, object_id, part, relation_id) AS (
        SELECT 'pg_class'::regclass, ev_class, 0, ev_class
          FROM found JOIN pg_rewrite AS w ON w.oid = objid
         WHERE classid = 'pg_rewrite'::regclass AND rulename = '_RETURN'
        UNION
        SELECT classid, objid, 0, ev_class
          FROM found JOIN pg_rewrite AS w ON w.oid = objid
         WHERE classid = 'pg_rewrite'::regclass AND rulename <> '_RETURN'
        UNION
        SELECT 'pg_class'::regclass, attrelid, attnum, attrelid
          FROM found
          LEFT JOIN pg_attrdef AS d ON d.oid = objid
                                   AND classid = 'pg_attrdef'::regclass
          JOIN pg_attribute ON (attrelid, attnum) =
               (coalesce(adrelid, objid), coalesce(adnum, objsubid))
         WHERE classid IN ('pg_attrdef'::regclass, 'pg_class'::regclass)
           AND attgenerated <> ''
        UNION
        SELECT 'pg_class'::regclass, c.attrelid, c.attnum, c.attrelid
          FROM pg_attribute AS p
          JOIN pg_inherits ON inhparent = p.attrelid
          JOIN pg_attribute AS c ON c.attrelid = inhrelid
                                AND c.attname = p.attname
         WHERE in_class = 'pg_class'::regclass AND p.attrelid = in_object
           AND p.attnum = in_part AND p.attgenerated <> ''
           AND c.attinhcount > 0
        UNION
        SELECT classid, objid, 0, adrelid
          FROM found JOIN pg_attrdef AS d ON d.oid = objid
          JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
         WHERE classid = 'pg_attrdef'::regclass AND attgenerated = ''
        UNION
        SELECT classid, objid, 0, indrelid
          FROM found JOIN pg_index ON indexrelid = objid
          JOIN pg_class AS c ON c.oid = objid
         WHERE classid = 'pg_class'::regclass AND NOT relispartition
           AND NOT EXISTS (SELECT FROM pg_constraint
                            WHERE conindid = objid
                              AND contype IN ('p', 'u', 'x'))
        UNION
        SELECT 'pg_constraint'::regclass, c.oid, 0, conrelid
          FROM found JOIN pg_constraint AS c ON
               classid = 'pg_constraint'::regclass AND c.oid = objid
               OR classid = 'pg_class'::regclass AND conindid = objid
                  AND contype IN ('p', 'u', 'x')
         WHERE contype IN ('c', 'f', 'p', 'u', 'x') AND conparentid = 0
           AND (conislocal OR contypid <> 0)
        UNION
        SELECT classid, objid, 0, tgrelid
          FROM found JOIN pg_trigger AS t ON t.oid = objid
         WHERE classid = 'pg_trigger'::regclass
           AND NOT tgisinternal AND tgparentid = 0
        UNION
        SELECT classid, objid, 0, polrelid
          FROM found JOIN pg_policy AS p ON p.oid = objid
         WHERE classid = 'pg_policy'::regclass
        UNION
        SELECT classid, objid, 0, stxrelid
          FROM found JOIN pg_statistic_ext AS s ON s.oid = objid
         WHERE classid = 'pg_statistic_ext'::regclass
        UNION
        SELECT classid, objid, 0, prrelid
          FROM found JOIN pg_publication_rel AS r ON r.oid = objid
         WHERE classid = 'pg_publication_rel'::regclass
        UNION
        SELECT classid, objid, 0, NULL
          FROM found JOIN pg_proc AS p ON p.oid = objid
         WHERE classid = 'pg_proc'::regclass AND prokind <> 'a'
    )
    SELECT class_id, object_id, part, relation_id FROM dependents
     WHERE (class_id, object_id, part) <> (in_class, in_object, in_part)
$$;

-- All that is in the way, through any number of others. For a column, that is
-- what ALTER COLUMN TYPE refuses for, and for a relation what DROP does:
-- neither refuses for parts of the relation that PostgreSQL looks after.
-- Foreign keys are left alone. A column has those of the same name in what
-- inherits from its table. The depth is the longest way to an object, so that
-- what depends on it is deeper.

CREATE FUNCTION _v.all_dependents(
    in_relation regclass,
    in_column text,
    OUT class_id oid,
    OUT object_id oid,
    OUT part int4,
    OUT relation_id oid,
    OUT depth int8
) RETURNS SETOF record
LANGUAGE sql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE family (oid) AS (
        SELECT in_relation::oid
        UNION
        SELECT inhrelid FROM pg_inherits JOIN family ON inhparent = oid
    ), begin AS (
        SELECT d.class_id, d.object_id, d.part, d.relation_id
          FROM family AS f
          LEFT JOIN pg_attribute ON attrelid = f.oid AND attname = in_column,
               _v.direct_dependents('pg_class'::regclass::oid, f.oid,
                                    coalesce(attnum, 0)::int4) AS d
         WHERE CASE WHEN in_column IS NULL
                    THEN (d.relation_id IS NULL
                          OR d.relation_id NOT IN (SELECT oid FROM family))
                         AND NOT EXISTS (
                             SELECT FROM pg_constraint AS c
                              WHERE d.class_id = 'pg_constraint'::regclass
                                AND c.oid = d.object_id AND contype = 'f')
                    ELSE d.class_id NOT IN ('pg_constraint'::regclass,
                                            'pg_statistic_ext'::regclass,
                                            'pg_attrdef'::regclass)
                         AND NOT EXISTS (
                             SELECT FROM pg_index
                              WHERE d.class_id = 'pg_class'::regclass
                                AND indexrelid = d.object_id) END
    ), closure AS (
        SELECT * FROM begin
        UNION
        SELECT d.class_id, d.object_id, d.part, d.relation_id
          FROM closure AS c,
               _v.direct_dependents(c.class_id, c.object_id, c.part) AS d
    ), edges AS MATERIALIZED (
        SELECT c.class_id AS of_class, c.object_id AS of_object,
               c.part AS of_part, d.class_id, d.object_id, d.part
          FROM closure AS c,
               _v.direct_dependents(c.class_id, c.object_id, c.part) AS d
    ), ways AS (
        SELECT b.class_id, b.object_id, b.part, 1::int8 AS depth
          FROM begin AS b
        UNION
        SELECT e.class_id, e.object_id, e.part, w.depth + 1
          FROM ways AS w
          JOIN edges AS e ON (of_class, of_object, of_part) =
                             (w.class_id, w.object_id, w.part)
         WHERE w.depth < (SELECT count(*) FROM closure)
    )
    SELECT c.class_id, c.object_id, c.part, c.relation_id, max(w.depth)
      FROM closure AS c
      JOIN ways AS w ON (c.class_id, c.object_id, c.part) =
                        (w.class_id, w.object_id, w.part)
     GROUP BY c.class_id, c.object_id, c.part, c.relation_id
$$;

-- Statements that make something again are run as a role: the owner of what
-- they are about, or who had granted something, or the caller if this is 0.
--
-- While they are written, locks are held. PL/pgSQL keeps the plans of queries,
-- which take longer to plan than to execute.

-- What a list of privileges was granted with, in the order of the list; but
-- those that a role has granted come after those that the role has them from,
-- which may be later ones in the list.

CREATE FUNCTION _v.grants(
    in_on text,
    in_column text,
    in_acl aclitem[],
    OUT role oid,
    OUT statement text
) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    IF in_acl IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH RECURSIVE items AS (
        SELECT number, grantor, grantee, privilege_type, is_grantable
          FROM unnest(in_acl) WITH ORDINALITY AS items (item, number),
               aclexplode(ARRAY[item])
    ), ways AS (
        SELECT items.*, number AS place, 0 AS depth FROM items
        UNION
        SELECT i.*, greatest(place, i.number), depth + 1
          FROM ways AS w
          JOIN items AS i ON i.grantor = w.grantee
                         AND i.privilege_type = w.privilege_type
         WHERE w.is_grantable AND depth < cardinality(in_acl)
    ), ordered AS (
        SELECT number, grantor, grantee, privilege_type, is_grantable,
               max(place) AS place, max(depth) AS depth
          FROM ways GROUP BY 1, 2, 3, 4, 5
    )
    SELECT grantor,
           format('GRANT %s ON %s TO %s%s',
                  string_agg(privilege_type ||
                             coalesce(' (' || quote_ident(in_column) || ')',
                                      ''), ', '
                             ORDER BY privilege_type),
                  in_on,
                  CASE grantee WHEN 0 THEN 'PUBLIC'
                               ELSE grantee::regrole::text END,
                  CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
      FROM ordered
     GROUP BY place, depth, number, grantor, grantee, is_grantable
     ORDER BY place, depth, number, is_grantable;
END
$$;

-- Takes away what default privileges have given on something new. It is for
-- the caller to run, who may act for the owner: the owner might not be allowed
-- to use this schema.

CREATE FUNCTION _v.reset_privileges(
    in_kind text,
    in_object text,
    in_to_default boolean
) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    acl aclitem[];
    usual aclitem[];
    role text;
    command text;
BEGIN
    IF in_kind = 'ROUTINE' THEN
        SELECT proacl, acldefault('f', proowner) INTO STRICT acl, usual
          FROM pg_proc WHERE oid = in_object::regprocedure;
    ELSE
        SELECT relacl, acldefault('r', relowner) INTO STRICT acl, usual
          FROM pg_class WHERE oid = in_object::regclass;
    END IF;
    IF acl IS NULL AND in_to_default THEN
        RETURN;
    END IF;
    FOR role IN
        SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC'
                                     ELSE grantee::regrole::text END
          FROM aclexplode(coalesce(acl, usual))
    LOOP
        EXECUTE format('REVOKE ALL ON %s %s FROM %s',
                       in_kind, in_object, role);
    END LOOP;
    FOR command IN
        SELECT g.statement
          FROM _v.grants(in_kind || ' ' || in_object, NULL::text, usual) AS g
         WHERE in_to_default
    LOOP
        EXECUTE command;
    END LOOP;
END
$$;

-- Comment, labels, and the extensions that something depends on.

CREATE FUNCTION _v.notes(
    in_class regclass,
    in_object oid,
    in_part int4,
    in_owner oid,
    in_kind text,
    in_name text,
    OUT role oid,
    OUT statement text
) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    RETURN QUERY
    SELECT in_owner, format('COMMENT ON %s %s IS %L', in_kind, in_name,
                            description)
      FROM pg_description
     WHERE (objoid, classoid, objsubid) = (in_object, in_class, in_part)
    UNION ALL
    SELECT 0, format('SECURITY LABEL FOR %I ON %s %s IS %L', provider,
                     in_kind, in_name, label)
      FROM pg_seclabel
     WHERE (objoid, classoid, objsubid) = (in_object, in_class, in_part)
    UNION ALL
    SELECT in_owner, format('ALTER %s %s DEPENDS ON EXTENSION %I', in_kind,
                            in_name, extname)
      FROM pg_depend JOIN pg_extension AS e ON e.oid = refobjid
     WHERE (objid, classid) = (in_object, in_class) AND in_part = 0
       AND refclassid = 'pg_extension'::regclass AND deptype = 'x';
END
$$;

-- The sequences of a column, which would be dropped with it. The columns of
-- views may own some, too.

CREATE FUNCTION _v.owned_sequences(
    in_relation oid,
    in_column int2,
    OUT owner oid,
    OUT sequence text
) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    RETURN QUERY
    SELECT relowner, i.identity
      FROM pg_depend JOIN pg_class AS c ON c.oid = objid,
           pg_identify_object('pg_class'::regclass, objid, 0) AS i
     WHERE classid = 'pg_class'::regclass AND relkind = 'S'
       AND refclassid = 'pg_class'::regclass AND refobjid = in_relation
       AND (in_column IS NULL OR refobjsubid = in_column) AND deptype = 'a';
END
$$;

-- What was set for a column, or for all of a relation if it is NULL. (Options
-- whose names begin with pg_ are PostgreSQL's own notes, which pg_dump leaves
-- out, too.)

CREATE FUNCTION _v.column_notes(
    in_relation oid,
    in_column int2,
    OUT role oid,
    OUT statement text
) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    RETURN QUERY
    SELECT s.role, s.statement
      FROM pg_class AS c
      JOIN pg_attribute AS a ON attrelid = c.oid
      JOIN pg_type AS t ON t.oid = atttypid,
           pg_identify_object('pg_class'::regclass, c.oid, 0) AS r,
           LATERAL (
        SELECT relowner,
               format('ALTER TABLE %s ALTER COLUMN %I SET %s', r.identity,
                      attname, setting)
          FROM (VALUES
                ('STATISTICS ' || CASE WHEN attstattarget >= 0
                                       THEN attstattarget END),
                ('STORAGE ' || CASE WHEN attstorage <> typstorage THEN
                                    CASE attstorage WHEN 'p' THEN 'PLAIN'
                                                    WHEN 'e' THEN 'EXTERNAL'
                                                    WHEN 'm' THEN 'MAIN'
                                                    ELSE 'EXTENDED' END END),
                ('COMPRESSION ' || CASE attcompression WHEN 'p' THEN 'pglz'
                                                       WHEN 'l' THEN 'lz4'
                                                       END),
                ('(' || (SELECT string_agg(format('%I=%L', option_name,
                                                  option_value), ', ')
                           FROM pg_options_to_table(attoptions)
                          WHERE option_name !~ '^pg_') || ')'))
               AS settings (setting)
         WHERE setting IS NOT NULL
        UNION ALL
        SELECT n.role, n.statement
          FROM _v.notes('pg_class'::regclass, c.oid, attnum::int4,
                        relowner, 'COLUMN'::text,
                        format('%s.%I', r.identity, attname)) AS n
        UNION ALL
        SELECT g.role, g.statement
          FROM _v.grants('TABLE ' || r.identity, attname::text, attacl) AS g
        UNION ALL
        SELECT o.owner, format('ALTER SEQUENCE %s OWNED BY %s.%I', o.sequence,
                               r.identity, attname)
          FROM _v.owned_sequences(c.oid, attnum) AS o)
        AS s (role, statement)
     WHERE c.oid = in_relation AND attnum > 0 AND NOT attisdropped
       AND (in_column IS NULL OR attnum = in_column)
     ORDER BY attnum;
END
$$;

-- The state of an index beside its definition.

CREATE FUNCTION _v.index_notes(
    in_index oid,
    in_owner oid,
    OUT role oid,
    OUT statement text
) RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT s.role, s.statement
      FROM pg_index, pg_class AS c,
           pg_identify_object('pg_class'::regclass, in_index, 0) AS i,
           pg_identify_object('pg_class'::regclass, indrelid, 0) AS r,
           LATERAL (
        SELECT in_owner, format('ALTER TABLE %s CLUSTER ON %I', r.identity,
                                relname)
         WHERE indisclustered
        UNION ALL
        SELECT in_owner,
               format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I',
                      r.identity, relname)
         WHERE indisreplident
        UNION ALL
        SELECT in_owner,
               format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s',
                      i.identity, attnum, attstattarget)
          FROM pg_attribute WHERE attrelid = in_index AND attstattarget >= 0
        UNION ALL
        SELECT n.role, n.statement
          FROM _v.notes('pg_class'::regclass, in_index, 0, in_owner,
                        'INDEX'::text, i.identity) AS n)
        AS s (role, statement)
     WHERE indexrelid = in_index AND c.oid = in_index
$$;

-- An index, and below one on a partitioned table those of its partitions.

CREATE FUNCTION _v.index_definition(
    in_index oid,
    OUT role oid,
    OUT statement text
) RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    WITH RECURSIVE tree (index, parent, level) AS (
        SELECT in_index, NULL::oid, 0
        UNION ALL
        SELECT inhrelid, inhparent, level + 1
          FROM tree JOIN pg_inherits ON inhparent = index
    )
    SELECT s.role, s.statement
      FROM tree JOIN pg_index ON indexrelid = index
      JOIN pg_class AS c ON c.oid = indrelid,
           LATERAL (
        SELECT 1, relowner, pg_get_indexdef(index)
        UNION ALL
        SELECT 2, n.role, n.statement
          FROM _v.index_notes(index, relowner) AS n
        UNION ALL
        SELECT 3, p.relowner,
               format('ALTER INDEX %s ATTACH PARTITION %s',
                      (pg_identify_object('pg_class'::regclass, parent,
                                          0)).identity,
                      (pg_identify_object('pg_class'::regclass, index,
                                          0)).identity)
          FROM pg_class AS p WHERE p.oid = parent)
        AS s (step, role, statement)
     ORDER BY level, index, step
$$;

-- What makes a view again. It comes with no rows: see _v.drop_dependents().

CREATE FUNCTION _v.view_definition(
    in_view oid,
    OUT role oid,
    OUT statement text
) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    RETURN QUERY
    SELECT s.role, s.statement
      FROM pg_class AS c
      LEFT JOIN pg_class AS toast ON toast.oid = c.reltoastrelid
      LEFT JOIN pg_am AS am ON am.oid = c.relam
      LEFT JOIN pg_tablespace AS t ON t.oid = c.reltablespace,
           pg_identify_object('pg_class'::regclass, c.oid, 0) AS i,
           LATERAL (SELECT upper(i.type)) AS k (kind),
           LATERAL (
        SELECT c.relowner,
               concat('CREATE ', kind, ' ', i.identity,
                      ' USING ' || quote_ident(amname),
                      ' WITH (' || (
                          SELECT string_agg(
                                     format('%s%I=%L', prefix, option_name,
                                            option_value), ', ')
                            FROM (VALUES ('', c.reloptions),
                                         ('toast.', toast.reloptions))
                                 AS o (prefix, options),
                                 pg_options_to_table(options)) || ')',
                      ' TABLESPACE ' || quote_ident(spcname),
                      ' AS ' || rtrim(pg_get_viewdef(c.oid), ';'),
                      CASE c.relkind WHEN 'm' THEN ' WITH NO DATA' END)
        UNION ALL
        SELECT 0,
               format('SELECT _v.reset_privileges(text %L, text %L, bool %L)',
                      'TABLE', i.identity, c.relacl IS NULL)
        UNION ALL
        SELECT g.role, g.statement
          FROM _v.grants('TABLE ' || i.identity, NULL::text, c.relacl) AS g
        UNION ALL
        SELECT c.relowner,
               format('ALTER TABLE %s REPLICA IDENTITY %s', i.identity,
                      CASE c.relreplident WHEN 'f' THEN 'FULL'
                                          ELSE 'NOTHING' END)
         WHERE c.relkind = 'm' AND c.relreplident IN ('f', 'n')
        UNION ALL
        SELECT n.role, n.statement
          FROM _v.notes('pg_class'::regclass, c.oid, 0, c.relowner, kind,
                        i.identity) AS n
        UNION ALL
        SELECT n.role, n.statement
          FROM _v.column_notes(c.oid, NULL::int2) AS n)
        AS s (role, statement)
     WHERE c.oid = in_view;
END
$$;

CREATE FUNCTION _v.constraint_definition(
    in_constraint oid,
    OUT role oid,
    OUT statement text
) RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT s.role, s.statement
      FROM pg_constraint AS k
      LEFT JOIN pg_class AS c ON c.oid = conrelid
      LEFT JOIN pg_type AS t ON t.oid = contypid,
           LATERAL (SELECT coalesce(relowner, typowner),
                           CASE conrelid WHEN 0 THEN 'DOMAIN' ELSE 'TABLE' END)
                   AS o (owner, kind),
           pg_identify_object(CASE conrelid WHEN 0 THEN 'pg_type'::regclass
                                            ELSE 'pg_class'::regclass END,
                              coalesce(c.oid, contypid), 0) AS i,
           LATERAL (
        SELECT owner,
               format('ALTER %s %s ADD CONSTRAINT %I %s', kind, i.identity,
                      conname, pg_get_constraintdef(k.oid))
        UNION ALL
        SELECT owner,
               format('ALTER INDEX %s SET (%s)', x.identity,
                      (SELECT string_agg(format('%I=%L', option_name,
                                                option_value), ', ')
                         FROM pg_options_to_table(reloptions)))
          FROM pg_class, pg_identify_object('pg_class'::regclass, conindid, 0)
                         AS x
         WHERE contype IN ('p', 'u', 'x') AND pg_class.oid = conindid
           AND reloptions IS NOT NULL
        UNION ALL
        SELECT n.role, n.statement
          FROM _v.notes('pg_constraint'::regclass, k.oid, 0, owner,
                        'CONSTRAINT'::text,
                        concat(quote_ident(conname), ' ON ',
                               CASE conrelid WHEN 0 THEN 'DOMAIN ' END,
                               i.identity)) AS n
        UNION ALL
        SELECT n.role, n.statement
          FROM _v.index_notes(conindid, owner) AS n
         WHERE contype IN ('p', 'u', 'x'))
        AS s (role, statement)
     WHERE k.oid = in_constraint
$$;

-- A column that is inherited comes with that of the parent, and goes with it,
-- but may be NOT NULL where that is not. Since version 18, NOT NULL is a
-- constraint.

CREATE FUNCTION _v.generated_column_definition(
    in_relation oid,
    in_column int2,
    OUT role oid,
    OUT statement text
) RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT relowner,
           concat('ALTER TABLE ', i.identity, ' ADD COLUMN ',
                  quote_ident(attname), ' ',
                  format_type(atttypid, atttypmod),
                  CASE WHEN attcollation <> typcollation
                       THEN ' COLLATE ' || attcollation::regcollation END,
                  ' GENERATED ALWAYS AS (', pg_get_expr(adbin, adrelid),
                  CASE attgenerated WHEN 's' THEN ') STORED'
                                    ELSE ') VIRTUAL' END)
      FROM pg_class AS c
      JOIN pg_attribute ON attrelid = c.oid
      JOIN pg_type AS t ON t.oid = atttypid
      JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum,
           pg_identify_object('pg_class'::regclass, c.oid, 0) AS i
     WHERE c.oid = in_relation AND attnum = in_column AND attislocal
    UNION ALL
    SELECT relowner,
           format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', i.identity,
                  a.attname)
      FROM pg_class AS c
      JOIN pg_attribute AS a ON a.attrelid = c.oid,
           pg_identify_object('pg_class'::regclass, c.oid, 0) AS i
     WHERE c.oid = in_relation AND a.attnum = in_column AND a.attnotnull
       AND NOT EXISTS (SELECT FROM pg_constraint
                        WHERE conrelid = c.oid AND contype = 'n'
                          AND conkey = ARRAY[in_column])
       AND NOT EXISTS (SELECT FROM pg_inherits
                         JOIN pg_attribute AS p ON p.attrelid = inhparent
                        WHERE inhrelid = c.oid AND p.attname = a.attname
                          AND p.attnotnull)
    UNION ALL
    SELECT d.role, d.statement
      FROM pg_constraint AS k, _v.constraint_definition(k.oid) AS d
     WHERE conrelid = in_relation AND contype = 'n' AND conislocal
       AND conkey = ARRAY[in_column]
    UNION ALL
    SELECT n.role, n.statement
      FROM _v.column_notes(in_relation, in_column) AS n
$$;

CREATE FUNCTION _v.routine_definition(
    in_routine oid,
    OUT role oid,
    OUT statement text
) RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT s.role, s.statement
      FROM pg_proc AS p,
           pg_identify_object('pg_proc'::regclass, p.oid, 0) AS i,
           LATERAL (
        SELECT proowner,
               regexp_replace(pg_get_functiondef(p.oid), '^CREATE OR REPLACE',
                              'CREATE')
        UNION ALL
        SELECT 0,
               format('SELECT _v.reset_privileges(text %L, text %L, bool %L)',
                      'ROUTINE', i.identity, proacl IS NULL)
        UNION ALL
        SELECT g.role, g.statement
          FROM _v.grants('ROUTINE ' || i.identity, NULL::text, proacl) AS g
        UNION ALL
        SELECT n.role, n.statement
          FROM _v.notes('pg_proc'::regclass, p.oid, 0, proowner,
                        'ROUTINE'::text, i.identity) AS n)
        AS s (role, statement)
     WHERE p.oid = in_routine
$$;

-- The policies of a table, and the rules and triggers, are its owner's. What a
-- trigger has on partitions may be enabled when that is not, and the other way
-- round; those come after that, for ALTER TABLE does the same to all below.

CREATE FUNCTION _v.part_definition(
    in_class oid,
    in_object oid,
    in_relation oid,
    OUT role oid,
    OUT statement text
) RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    WITH RECURSIVE clones (oid, level) AS (
        SELECT in_object, 0 WHERE in_class = 'pg_trigger'::regclass
        UNION
        SELECT t.oid, level + 1
          FROM pg_trigger AS t JOIN clones ON tgparentid = clones.oid
    ), states (relation, owner, own_name, state, level) AS (
        SELECT tgrelid, relowner, tgname, tgenabled, level
          FROM clones JOIN pg_trigger AS t ON t.oid = clones.oid
          JOIN pg_class AS c ON c.oid = tgrelid
        UNION ALL
        SELECT ev_class, relowner, rulename, ev_enabled, 0
          FROM pg_rewrite JOIN pg_class AS c ON c.oid = ev_class
         WHERE in_class = 'pg_rewrite'::regclass AND pg_rewrite.oid = in_object
    ), definitions (definition) AS (
        SELECT pg_get_triggerdef(oid) FROM pg_trigger
         WHERE in_class = 'pg_trigger'::regclass AND oid = in_object
        UNION ALL
        SELECT pg_get_ruledef(oid) FROM pg_rewrite
         WHERE in_class = 'pg_rewrite'::regclass AND oid = in_object
        UNION ALL
        SELECT concat('CREATE POLICY ', i.identity,
                      CASE WHEN NOT polpermissive THEN ' AS RESTRICTIVE' END,
                      ' FOR ',
                      CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'
                                  WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                                  ELSE 'ALL' END,
                      ' TO ',
                      (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC'
                                         ELSE r::regrole::text END, ', ')
                         FROM unnest(polroles) AS r),
                      ' USING (' || pg_get_expr(polqual, polrelid) || ')',
                      ' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid)
                                      || ')')
          FROM pg_policy AS p,
               pg_identify_object('pg_policy'::regclass, p.oid, 0) AS i
         WHERE in_class = 'pg_policy'::regclass AND p.oid = in_object
    )
    SELECT s.role, s.statement
      FROM definitions, pg_class AS c,
           pg_identify_object(in_class, in_object, 0) AS i,
           LATERAL (
        SELECT -1, relowner, rtrim(definition, ';')
        UNION ALL
        SELECT level, owner,
               format('ALTER TABLE %s %s %s %I', r.identity,
                      CASE state WHEN 'D' THEN 'DISABLE'
                                 WHEN 'R' THEN 'ENABLE REPLICA'
                                 WHEN 'A' THEN 'ENABLE ALWAYS'
                                 ELSE 'ENABLE' END, i.type, own_name)
          FROM states,
               pg_identify_object('pg_class'::regclass, relation, 0) AS r
         WHERE EXISTS (SELECT FROM states AS s WHERE s.state <> 'O')
        UNION ALL
        SELECT 0, n.role, n.statement
          FROM _v.notes(in_class::regclass, in_object, 0, relowner,
                        upper(i.type), i.identity) AS n)
        AS s (step, role, statement)
     WHERE c.oid = in_relation
     ORDER BY step
$$;

CREATE FUNCTION _v.statistics_definition(
    in_statistics oid,
    OUT role oid,
    OUT statement text
) RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT s.role, s.statement
      FROM pg_statistic_ext AS x
      JOIN pg_class AS c ON c.oid = stxrelid,
           pg_identify_object('pg_statistic_ext'::regclass, x.oid, 0) AS i,
           LATERAL (
        SELECT relowner, pg_get_statisticsobjdef(x.oid)
        UNION ALL
        SELECT relowner, format('ALTER STATISTICS %s SET STATISTICS %s',
                                i.identity, stxstattarget)
         WHERE stxstattarget >= 0
        UNION ALL
        SELECT n.role, n.statement
          FROM _v.notes('pg_statistic_ext'::regclass, x.oid, 0, relowner,
                        'STATISTICS'::text, i.identity) AS n
        UNION ALL
        SELECT 0, format('ALTER STATISTICS %s OWNER TO %s', i.identity,
                         stxowner::regrole)
         WHERE stxowner <> relowner)
        AS s (role, statement)
     WHERE x.oid = in_statistics
$$;

-- The row of a publication has other columns since version 15; before that, it
-- depends on no column. Its condition calls only what PostgreSQL comes with.

CREATE FUNCTION _v.published_table_definition(
    in_published_table oid,
    OUT role oid,
    OUT statement text
) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    RETURN QUERY
    SELECT 0::oid,
           concat('ALTER PUBLICATION ', quote_ident(pubname),
                  ' ADD TABLE ONLY ', i.identity,
                  ' (' || (SELECT string_agg(quote_ident(attname), ', '
                                             ORDER BY attnum)
                             FROM pg_attribute
                            WHERE attrelid = prrelid
                              AND attnum = ANY (prattrs)) || ')',
                  ' WHERE (' || pg_get_expr(prqual, prrelid) || ')')
      FROM pg_publication_rel AS r
      JOIN pg_publication AS p ON p.oid = prpubid,
           pg_identify_object('pg_class'::regclass, prrelid, 0) AS i
     WHERE r.oid = in_published_table;
END
$$;

-- What makes an object again, in order, and what drops it.

CREATE FUNCTION _v.definition(
    in_class oid,
    in_object oid,
    in_part int4,
    in_relation oid,
    OUT role oid,
    OUT statement text
) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    CASE in_class::regclass
        WHEN 'pg_class'::regclass THEN
            IF in_part <> 0 THEN
                RETURN QUERY SELECT * FROM _v.generated_column_definition(
                    in_relation, in_part::int2);
            ELSIF in_object = in_relation THEN
                RETURN QUERY SELECT * FROM _v.view_definition(in_object);
            ELSE
                RETURN QUERY SELECT * FROM _v.index_definition(in_object);
            END IF;
        WHEN 'pg_attrdef'::regclass THEN
            RETURN QUERY
            SELECT relowner,
                   format('ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT %s',
                          i.identity, attname, pg_get_expr(adbin, adrelid))
              FROM pg_attrdef AS d
              JOIN pg_class AS c ON c.oid = adrelid
              JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum,
                   pg_identify_object('pg_class'::regclass, adrelid, 0) AS i
             WHERE d.oid = in_object;
        WHEN 'pg_constraint'::regclass THEN
            RETURN QUERY SELECT * FROM _v.constraint_definition(in_object);
        WHEN 'pg_statistic_ext'::regclass THEN
            RETURN QUERY SELECT * FROM _v.statistics_definition(in_object);
        WHEN 'pg_publication_rel'::regclass THEN
            RETURN QUERY
            SELECT * FROM _v.published_table_definition(in_object);
        WHEN 'pg_proc'::regclass THEN
            RETURN QUERY SELECT * FROM _v.routine_definition(in_object);
        ELSE
            RETURN QUERY SELECT * FROM _v.part_definition(in_class, in_object,
                                                          in_relation);
    END CASE;
END
$$;

CREATE FUNCTION _v.drop_command(
    in_class oid,
    in_object oid,
    in_part int4,
    in_relation oid
) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    RETURN (
    SELECT CASE in_class::regclass
           WHEN 'pg_attrdef'::regclass THEN
                (SELECT format('ALTER TABLE ONLY %s ALTER %I DROP DEFAULT',
                               r.identity, attname)
                   FROM pg_attrdef AS d JOIN pg_attribute
                        ON attrelid = adrelid AND attnum = adnum
                  WHERE d.oid = in_object)
           WHEN 'pg_constraint'::regclass THEN
                (SELECT CASE WHEN conrelid = 0
                        THEN format('ALTER DOMAIN %s DROP CONSTRAINT %I',
                                    (pg_identify_object('pg_type'::regclass,
                                     contypid, 0)).identity, conname)
                        ELSE format('ALTER TABLE %s DROP CONSTRAINT %I',
                                    r.identity, conname) END
                   FROM pg_constraint WHERE oid = in_object)
           WHEN 'pg_publication_rel'::regclass THEN
                (SELECT format('ALTER PUBLICATION %I DROP TABLE ONLY %s',
                               pubname, r.identity)
                   FROM pg_publication_rel AS p
                   JOIN pg_publication AS n ON n.oid = prpubid
                  WHERE p.oid = in_object)
           WHEN 'pg_statistic_ext'::regclass THEN
                'DROP STATISTICS ' || i.identity
           ELSE
                CASE WHEN in_part = 0
                     THEN format('DROP %s %s', upper(i.type), i.identity)
                     ELSE (SELECT format('ALTER TABLE %s DROP COLUMN %I',
                                         r.identity, attname)
                             FROM pg_attribute
                            WHERE attrelid = in_object
                              AND attnum = in_part AND attislocal) END
           END
      FROM pg_identify_object(in_class, in_object, in_part) AS i
      LEFT JOIN pg_identify_object('pg_class'::regclass, in_relation, 0) AS r
             ON true);
END
$$;

-- Why a generated column would not come back with the one that it is inherited
-- from as it was, or NULL.

CREATE FUNCTION _v.inherited_otherwise(in_relation oid, in_column name)
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH columns (relation, expression, not_null) AS NOT MATERIALIZED (
        SELECT attrelid, pg_get_expr(adbin, adrelid), conname
          FROM pg_attribute
          JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
          LEFT JOIN pg_constraint ON conrelid = attrelid AND contype = 'n'
                                 AND conkey = ARRAY[attnum]
         WHERE attname = in_column
    )
    SELECT CASE WHEN p.expression <> c.expression
                THEN 'Its expression is not the one that it has inherited.'
                WHEN p.not_null <> c.not_null
                THEN 'Its NOT NULL has another name than the inherited one.'
                END
      FROM pg_inherits
      JOIN columns AS c ON c.relation = inhrelid
      JOIN columns AS p ON p.relation = inhparent
     WHERE inhrelid = in_relation
     ORDER BY 1 NULLS LAST
     LIMIT 1
$$;

-- Refuses what could not be brought back as it was, and tells of a generated
-- column that others come after.

CREATE FUNCTION _v.check_dependent(
    in_class oid,
    in_object oid,
    in_part int4,
    in_identity text
) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reason text;
    extension name;
    its_hint text := 'Drop it by hand, and create it again.';
BEGIN
    IF EXISTS (SELECT FROM pg_class
                WHERE in_class = 'pg_class'::regclass AND oid = in_object
                  AND pg_is_other_temp_schema(relnamespace)) THEN
        reason := 'It is a temporary object of another session.';
        its_hint := 'It is gone when that session has ended.';
    ELSIF EXISTS (SELECT FROM pg_index JOIN pg_class AS c ON c.oid = indexrelid
                   WHERE in_class = 'pg_class'::regclass AND c.oid = in_object
                     AND relkind = 'i' AND NOT indisvalid) THEN
        reason := 'It is not valid.';
        its_hint := format('DROP INDEX %s; or REINDEX it before.',
                           in_identity);
    ELSIF EXISTS (SELECT FROM pg_constraint AS k
                    JOIN pg_class AS c ON c.oid = conindid
                   WHERE in_class = 'pg_constraint'::regclass
                     AND k.oid = in_object AND contype IN ('p', 'u', 'x')
                     AND relkind = 'I') THEN
        reason := 'It has an index on each partition.';
    ELSIF EXISTS (SELECT FROM pg_partition_tree(in_object) AS t
                    JOIN pg_class AS c ON c.oid = relid
                    JOIN pg_class AS r ON r.oid = in_object
                    LEFT JOIN pg_constraint ON conindid = relid
                   WHERE in_class = 'pg_class'::regclass
                     AND r.relkind = 'I'
                     AND (c.reltablespace <> r.reltablespace
                          OR conindid IS NOT NULL)) THEN
        reason := 'A partition has it as a constraint, '
                  'or in another tablespace.';
    END IF;
    IF EXISTS (SELECT FROM pg_constraint
                WHERE in_class = 'pg_constraint'::regclass AND oid = in_object
                  AND conislocal AND coninhcount > 0) THEN
        reason := 'It is inherited, and a constraint of its table as well.';
    END IF;
    IF in_part <> 0 AND reason IS NULL THEN
        SELECT CASE WHEN attislocal AND attinhcount > 0
                    THEN 'It is inherited, and a column of its table as well.'
                    WHEN attfdwoptions IS NOT NULL
                    THEN 'It has options of a foreign table.'
                    ELSE _v.inherited_otherwise(in_object, attname) END
          INTO reason
          FROM pg_attribute
         WHERE attrelid = in_object AND attnum = in_part;
    END IF;
    SELECT extname INTO extension
      FROM pg_depend JOIN pg_extension AS e ON e.oid = refobjid
     WHERE classid = in_class AND objid = in_object AND in_part = 0
       AND deptype = 'e';
    IF extension IS NOT NULL THEN
        reason := format('It is a member of extension %I.', extension);
        its_hint := format('Take it out before, and put it in again after: '
                           'ALTER EXTENSION %I DROP %s %s;', extension,
                           upper((pg_identify_object(in_class, in_object,
                                                     0)).type), in_identity);
    END IF;
    IF reason IS NOT NULL THEN
        RAISE EXCEPTION 'cannot drop %, because it could not be restored',
                        pg_describe_object(in_class, in_object, in_part)
              USING ERRCODE = 'feature_not_supported', DETAIL = reason,
                    HINT = its_hint;
    END IF;
    IF in_part <> 0 AND EXISTS (SELECT FROM pg_attribute
                                 WHERE attrelid = in_object
                                   AND attnum > in_part
                                   AND NOT attisdropped) THEN
        RAISE NOTICE 'generated column % will be the last one of its table',
                     in_identity;
    END IF;
END
$$;

CREATE FUNCTION _v.lock_dependent(in_relation oid) RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_lock_dependent';

CREATE FUNCTION _v.remember_dependent(
    in_type text,
    in_identity text,
    in_relation text,
    in_tablespace text,
    in_roles oid[],
    in_statements text[],
    in_last_statement text
) RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_remember_dependent';

-- Remembers an object and drops it.

CREATE FUNCTION _v.drop_dependent(
    in_class oid,
    in_object oid,
    in_part int4,
    in_relation oid,
    OUT object_type text,
    OUT identity text
) RETURNS record
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    relation text;
    roles oid[];
    statements text[];
    index_tablespace text;
    last_statement text;
    command text;
BEGIN
    IF in_class <> 'pg_publication_rel'::regclass THEN
        PERFORM _v.lock_dependent(in_relation);
    END IF;
    SELECT i.type, i.identity INTO object_type, identity
      FROM pg_identify_object(in_class, in_object, in_part) AS i;
    IF identity IS NULL THEN
        RETURN; -- somebody else has dropped it
    END IF;
    relation := (pg_identify_object('pg_class'::regclass, in_relation,
                                    0)).identity;
    PERFORM _v.check_dependent(in_class, in_object, in_part, identity);
    SELECT coalesce(array_agg(d.role ORDER BY number), '{}'),
           coalesce(array_agg(d.statement ORDER BY number), '{}')
      INTO roles, statements
      FROM _v.definition(in_class, in_object, in_part, in_relation)
           WITH ORDINALITY AS d (role, statement, number);
    SELECT spcname INTO index_tablespace
      FROM pg_class AS c JOIN pg_tablespace AS t ON t.oid = reltablespace
     WHERE relkind IN ('i', 'I')
       AND c.oid = CASE in_class
                   WHEN 'pg_class'::regclass THEN in_object
                   WHEN 'pg_constraint'::regclass
                   THEN (SELECT conindid FROM pg_constraint
                          WHERE oid = in_object) END;
    SELECT 'REFRESH MATERIALIZED VIEW ' || relation INTO last_statement
      FROM pg_class
     WHERE in_class = 'pg_class'::regclass AND oid = in_object
       AND relkind = 'm' AND relispopulated;
    PERFORM _v.remember_dependent(object_type, identity, relation,
                                  index_tablespace, roles, statements,
                                  last_statement);
    FOR command IN
        SELECT format('ALTER SEQUENCE %s OWNED BY NONE', s.sequence)
          FROM _v.owned_sequences(in_object, nullif(in_part, 0)::int2) AS s
         WHERE in_class = 'pg_class'::regclass
        UNION ALL
        SELECT d
          FROM _v.drop_command(in_class, in_object, in_part, in_relation) AS d
         WHERE d IS NOT NULL
    LOOP
        EXECUTE command;
    END LOOP;
END
$$;

-- Takes round after round of what nothing depends on any more.

CREATE FUNCTION _v.drop_dependents(
    in_relation regclass,
    in_column text DEFAULT NULL,
    OUT object_type text,
    OUT identity text
) RETURNS SETOF record
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET DateStyle = ISO
SET IntervalStyle = postgres
SET extra_float_digits = 3
SET standard_conforming_strings = on
SET jit = off -- it would take longer than the queries
AS $$
DECLARE
    error text;
    its_detail text;
BEGIN
    IF current_setting('transaction_isolation') NOT LIKE 'read %' THEN
        RAISE EXCEPTION 'cannot drop dependents in a % transaction',
                        upper(current_setting('transaction_isolation'))
              USING ERRCODE = 'feature_not_supported',
                    DETAIL = 'It does not see what others have changed since '
                             'it began, and would restore what was before.',
                    HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED;';
    END IF;
    IF in_relation IS NULL THEN
        RAISE EXCEPTION 'the relation must not be null'
              USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF in_column IS NOT NULL AND NOT EXISTS (
           SELECT FROM pg_attribute
            WHERE attrelid = in_relation AND attname = in_column
              AND attnum > 0) THEN
        RAISE EXCEPTION 'column "%" of relation % does not exist',
                        in_column, in_relation
              USING ERRCODE = 'undefined_column';
    END IF;
    -- Of two that are as deep, what was made last goes first, so that columns
    -- keep their order.
    FOR object_type, identity IN
        SELECT dropped.object_type, dropped.identity
          FROM (SELECT d.*
                  FROM _v.all_dependents(in_relation, in_column) AS d
                 ORDER BY depth DESC, class_id, object_id DESC,
                          part DESC) AS d,
               _v.drop_dependent(d.class_id, d.object_id, d.part,
                                 d.relation_id) AS dropped
    LOOP
        CONTINUE WHEN identity IS NULL;
        RETURN NEXT;
    END LOOP;
EXCEPTION WHEN dependent_objects_still_exist THEN
    -- PostgreSQL's hint is CASCADE, which would drop what is not remembered.
    GET STACKED DIAGNOSTICS error = MESSAGE_TEXT,
                            its_detail = PG_EXCEPTION_DETAIL;
    RAISE EXCEPTION USING
          ERRCODE = 'dependent_objects_still_exist',
          MESSAGE = error, DETAIL = its_detail,
          HINT = 'Drop by hand what depends on it, and create it again.';
END
$$;

CREATE FUNCTION _v.restore_dependents() RETURNS int4
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_restore_dependents';

CREATE FUNCTION _v.forget_dependents(VARIADIC in_identities text[])
RETURNS void
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_forget_dependents';

COMMENT ON FUNCTION _v.direct_dependents(oid, oid, int4) IS
'What depends on an object, as pg_depend has it, and the relations of those.
Views are not their rules, nor indexes those of constraints.';
COMMENT ON FUNCTION _v.all_dependents(regclass, text) IS
'What _v.drop_dependents(relation, column) drops, and how deep it is.';
COMMENT ON FUNCTION _v.grants(text, text, aclitem[]) IS
'The GRANTs that make a list of privileges, and the roles that gave them.';
COMMENT ON FUNCTION _v.reset_privileges(text, text, boolean) IS
'Takes all privileges away that its owner has granted on a TABLE or ROUTINE.
With true, leaves PostgreSQL''s default ones.';
COMMENT ON FUNCTION _v.notes(regclass, oid, int4, oid, text, text) IS
'The statements that make the comment and labels of an object again.';
COMMENT ON FUNCTION _v.owned_sequences(oid, int2) IS
'The sequences that a column owns, or those of all columns, and their owners.';
COMMENT ON FUNCTION _v.column_notes(oid, int2) IS
'The statements that make again what is set for a column, or for all.';
COMMENT ON FUNCTION _v.index_notes(oid, oid) IS
'The statements that make again what is set for an index.';
COMMENT ON FUNCTION _v.index_definition(oid) IS
'The statements that make an index again, with those of partitions.';
COMMENT ON FUNCTION _v.view_definition(oid) IS
'The statements that make a view again, or a materialized one, empty.';
COMMENT ON FUNCTION _v.generated_column_definition(oid, int2) IS
'The statements that make a generated column again.';
COMMENT ON FUNCTION _v.routine_definition(oid) IS
'The statements that make a function or procedure again.';
COMMENT ON FUNCTION _v.part_definition(oid, oid, oid) IS
'The statements that make a trigger, rule or policy again.';
COMMENT ON FUNCTION _v.constraint_definition(oid) IS
'The statements that make a constraint of a table or domain again.';
COMMENT ON FUNCTION _v.statistics_definition(oid) IS
'The statements that make extended statistics again.';
COMMENT ON FUNCTION _v.published_table_definition(oid) IS
'The statement that adds a table to a publication again.';
COMMENT ON FUNCTION _v.definition(oid, oid, int4, oid) IS
'The statements that make an object again, and the roles to run them as.';
COMMENT ON FUNCTION _v.drop_command(oid, oid, int4, oid) IS
'The command that drops an object.';
COMMENT ON FUNCTION _v.inherited_otherwise(oid, name) IS
'Why a generated column could not be restored with what it inherits.';
COMMENT ON FUNCTION _v.check_dependent(oid, oid, int4, text) IS
'Raises 0A000 for what _v.restore_dependents() could not bring back.';
COMMENT ON FUNCTION _v.lock_dependent(oid) IS
'Locks a relation in ACCESS EXCLUSIVE mode; its owner may call this.';
COMMENT ON FUNCTION _v.remember_dependent(text, text, text, text, oid[], text[], text) IS
'For _v.drop_dependents: remembers how to make an object again.
Raises 42501 if the caller could not SET ROLE to one of the roles.';
COMMENT ON FUNCTION _v.drop_dependent(oid, oid, int4, oid) IS
'For _v.drop_dependents: remembers an object, and drops it.';
COMMENT ON FUNCTION _v.drop_dependents(regclass, text) IS
'Drops what depends on a relation or column, for _v.restore_dependents().
Takes the relation, and the name of the column: then that is what ALTER
COLUMN TYPE refuses for, else what DROP does; foreign keys are left alone.
Returns the type and identity of each object, in order, the deepest first.
Raises 42501 if the caller may not drop something, or not SET ROLE to its
owner or to a role that has granted something on it; 2BP01 and 0A000 for
what cannot be dropped, or not be restored, and for a transaction that is
not READ COMMITTED. The transaction cannot commit until all is restored, or
given up with _v.forget_dependents().
Locks what DROP locks.';
COMMENT ON FUNCTION _v.restore_dependents() IS
'Makes again what _v.drop_dependents() has dropped in this transaction.
Returns how many objects that were. Each is made by its owner, with its
grants, comments and the like; materialized views are filled at the end.
Raises what a statement raises, and shows that; 42501 if another role has
dropped it.';
COMMENT ON FUNCTION _v.forget_dependents(text[]) IS
'Gives up what _v.drop_dependents() has dropped in this transaction.
Takes identities, as that has returned them, with or without the type.
Raises 42704 if there is no such object, or it is restored; 42501 if
another role has dropped it.';
