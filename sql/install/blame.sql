-- Who changed this? The life of an object.
--
-- _v.blame() looks a name up as the caller would write it, so in the caller's
-- search_path. What it may mean besides, _v.find_object() knows, and _v.life()
-- tells what was done to it; these two have a search_path of their own.

-- What a name stands for: the types and identities of one object or of several
-- (a function without its arguments), and for a column those of its table,
-- which the name of the column goes with. What exists is found first, then
-- what has rows in _v.changes.

CREATE FUNCTION _v.find_object(
    in_object text,
    in_relation oid,
    in_function oid,
    in_type oid,
    in_schemas name[],
    OUT types text[],
    OUT identities text[],
    OUT column_name text
) RETURNS record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    parts text[];
    spelled text := in_object;
    prefixes text[] := ARRAY(SELECT quote_ident(s) || '.'
                               FROM unnest(in_schemas) AS s);
    table_prefixes text[];
    candidate text;
    relation oid;
BEGIN
    -- It exists.
    SELECT array_agg(i.type), array_agg(i.identity) INTO types, identities
      FROM (SELECT CASE WHEN relkind = 'c' THEN 'pg_type'::regclass
                        ELSE 'pg_class'::regclass END,
                   CASE WHEN relkind = 'c' THEN reltype ELSE oid END
              FROM pg_class WHERE oid = in_relation
            UNION ALL
            SELECT 'pg_proc'::regclass, oid FROM pg_proc
             WHERE oid = in_function AND in_relation IS NULL
            UNION ALL
            SELECT 'pg_type'::regclass, oid FROM pg_type
             WHERE oid = in_type
               AND coalesce(in_relation, in_function) IS NULL)
           AS found (class, object),
           pg_identify_object(class, object, 0) AS i;
    IF types IS NOT NULL THEN
        RETURN;
    END IF;

    -- It is a column of a table that exists.
    BEGIN
        parts := parse_ident(in_object);
        spelled := array_to_string(ARRAY(SELECT quote_ident(p)
                                           FROM unnest(parts) AS p), '.');
    EXCEPTION
        WHEN invalid_parameter_value THEN
            NULL;
    END;
    table_prefixes := CASE cardinality(parts)
                      WHEN 2 THEN prefixes
                      WHEN 3 THEN ARRAY[quote_ident(parts[1]) || '.']
                      ELSE '{}' END;
    FOREACH candidate IN ARRAY table_prefixes LOOP
        relation := (
            SELECT c.oid FROM pg_class AS c
              JOIN pg_namespace AS n ON n.oid = relnamespace
             WHERE quote_ident(nspname) || '.' = candidate
               AND relname = parts[cardinality(parts) - 1]);
        CONTINUE WHEN relation IS NULL OR NOT EXISTS (
            SELECT FROM pg_attribute
             WHERE attrelid = relation AND NOT attisdropped
               AND attname = parts[cardinality(parts)]);
        SELECT ARRAY[i.type], ARRAY[i.identity], parts[cardinality(parts)]
          INTO types, identities, column_name
          FROM pg_identify_object('pg_class'::regclass, relation, 0) AS i;
        RETURN;
    END LOOP;

    -- It is a function, whatever its arguments.
    FOREACH candidate IN ARRAY ''::text || prefixes LOOP
        SELECT array_agg(i.type), array_agg(i.identity) INTO types, identities
          FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace,
               pg_identify_object('pg_proc'::regclass, p.oid, 0) AS i
         WHERE proname = parts[cardinality(parts)]
           AND format('%I.%I', nspname, proname) = candidate || spelled;
        IF types IS NOT NULL THEN
            RETURN;
        END IF;
    END LOOP;

    -- It is known by its identity, or that without the schema.
    FOREACH candidate IN ARRAY ''::text || prefixes LOOP
        SELECT array_agg(c.object_type), array_agg(c.identity)
          INTO types, identities
          FROM (SELECT DISTINCT object_type, identity FROM _v.changes
                 WHERE hashtextextended(identity, 0) =
                       hashtextextended(candidate || spelled COLLATE "C", 0)
                   AND identity = candidate || spelled) AS c;
        EXIT WHEN types IS NOT NULL;
    END LOOP;
    IF types[1] LIKE '% column' THEN
        parts := parse_ident(identities[1]);
        types := ARRAY[regexp_replace(types[1], ' column$', '')];
        identities := ARRAY[format('%I.%I', parts[1], parts[2])];
        column_name := parts[3];
    END IF;
    IF types IS NOT NULL THEN
        RETURN;
    END IF;

    -- It is a function that is known, whatever its arguments, or with these,
    -- of whose types the server puts some into pg_catalog.
    FOREACH candidate IN ARRAY ''::text || prefixes LOOP
        SELECT array_agg(c.object_type), array_agg(c.identity)
          INTO types, identities
          FROM (SELECT DISTINCT object_type, identity FROM _v.changes
                 WHERE object_type IN ('function', 'procedure', 'aggregate')
                   AND candidate || replace(spelled, ', ', ',') IN (
                       regexp_replace(identity, '\([^"]*\)$', ''),
                       replace(identity, 'pg_catalog.', ''))) AS c;
        IF types IS NOT NULL THEN
            RETURN;
        END IF;
    END LOOP;

    -- It is a column of a table that is known.
    FOREACH candidate IN ARRAY table_prefixes LOOP
        candidate := candidate || quote_ident(parts[cardinality(parts) - 1]);
        SELECT array_agg(c.object_type), array_agg(c.identity),
               parts[cardinality(parts)]
          INTO types, identities, column_name
          FROM (SELECT DISTINCT t.object_type, t.identity
                  FROM _v.changes AS t
                  JOIN _v.changes AS f ON f.id = t.first_id
                 WHERE hashtextextended(t.identity, 0) =
                       hashtextextended(candidate COLLATE "C", 0)
                   AND t.identity = candidate
                   AND parts[cardinality(parts)] = ANY (f.columns)) AS c;
        IF types IS NOT NULL THEN
            RETURN;
        END IF;
    END LOOP;

    -- It was called so before the first change that is known.
    column_name := NULL;
    SELECT array_agg(c.object_type), array_agg(c.identity)
      INTO types, identities
      FROM _v.changes AS c
     WHERE previous_identity = spelled
        OR previous_identity IN (SELECT p || spelled
                                   FROM unnest(prefixes) AS p);
    IF types IS NOT NULL THEN
        RETURN;
    END IF;

    -- It is something that exists and of which nothing is known.
    SELECT array_agg(o.object_type), array_agg(o.identity)
      INTO types, identities
      FROM _v.user_objects() AS o
     WHERE o.identity = spelled
        OR o.identity IN (SELECT p || spelled FROM unnest(prefixes) AS p);
END
$$;

-- The rows of the objects of these types and identities. An identity may have
-- belonged to one after the other; what only once had it, and is called
-- otherwise by now, counts if there is nothing else.

CREATE FUNCTION _v.find_lives(in_types text[], in_identities text[])
RETURNS bigint[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH named AS (
        SELECT first_id,
               NOT EXISTS (SELECT FROM _v.changes AS later
                            WHERE later.first_id = c.first_id
                              AND later.id > c.id) AS is_last
          FROM unnest(in_types, in_identities) AS t (type, name)
          JOIN _v.changes AS c
            ON hashtextextended(identity, 0) =
               hashtextextended(name COLLATE "C", 0)
           AND identity = name AND object_type = type
    )
    SELECT coalesce(array_agg(DISTINCT first_id) FILTER (WHERE is_last),
                    array_agg(DISTINCT first_id), '{}')
      FROM named
$$;

-- The rows of a column that began with its table, by the first name it had, of
-- which there is no row. One that has the name now never had another.

CREATE FUNCTION _v.find_former_column(
    in_tables text[],
    in_table_lives bigint[],
    in_column text
) RETURNS bigint[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    WITH named AS (
        SELECT identity || '.' || quote_ident(in_column) AS name, id AS since,
               lead(id) OVER (PARTITION BY first_id ORDER BY id) AS until
          FROM _v.changes WHERE first_id = ANY (in_table_lives)
    )
    SELECT coalesce(array_agg(DISTINCT first_id), '{}')
      FROM named JOIN _v.changes AS c ON previous_identity = name
     WHERE object_type LIKE '% column'
       AND id > since AND (until IS NULL OR id < until)
       AND NOT EXISTS (SELECT FROM unnest(in_tables) AS t,
                              parse_ident(t) AS parts
                         JOIN pg_namespace AS n ON nspname = parts[1]
                         JOIN pg_class AS r ON relnamespace = n.oid
                                           AND relname = parts[2]
                         JOIN pg_attribute ON attrelid = r.oid
                                          AND attname = in_column)
$$;

CREATE FUNCTION _v.life(
    in_types text[],
    in_identities text[],
    in_column text,
    OUT id bigint,
    OUT changed_at timestamptz,
    OUT patch_name text,
    OUT event text,
    OUT role_name text,
    OUT command_tag text,
    OUT action text,
    OUT object_type text,
    OUT identity text,
    OUT previous_identity text,
    OUT history_id bigint
) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
#variable_conflict use_column
DECLARE
    lives bigint[];
    table_lives bigint[] := '{}';
BEGIN
    IF in_column IS NULL THEN
        lives := _v.find_lives(in_types, in_identities);
    ELSE
        -- Only its columns say that a type is a composite one.
        table_lives := _v.find_lives(
            array_replace(in_types, 'composite type', 'type'), in_identities);
        lives := _v.find_lives(
            ARRAY(SELECT t || ' column'
                    FROM unnest(array_replace(in_types, 'type',
                                              'composite type')) AS t),
            ARRAY(SELECT i || '.' || quote_ident(in_column)
                    FROM unnest(in_identities) AS i));
        IF lives = '{}' THEN
            lives := _v.find_former_column(in_identities, table_lives,
                                            in_column);
        END IF;
    END IF;

    -- Of its table's life a column has the beginning, if it began with it, the
    -- end, and the names between.
    RETURN QUERY
    WITH own AS (
        SELECT c.id, c.first_id, c.history_id, c.transaction_id, c.changed_at,
               c.role_name, c.session_role_name, c.command_tag, c.object_type,
               c.schema_name, c.identity, c.action, c.previous_identity,
               c.columns
          FROM _v.changes AS c WHERE first_id = ANY (lives)
    ), of_table AS (
        SELECT c.*, min(id) OVER life AS life_begin,
               CASE WHEN max(id) FILTER (WHERE action = 'dropped') OVER life =
                         max(id) OVER life
                    THEN max(id) OVER life END AS life_end
          FROM _v.changes AS c WHERE first_id = ANY (table_lives)
        WINDOW life AS (PARTITION BY first_id)
    ), rows AS (
        SELECT own.* FROM own
        UNION ALL
        SELECT t.id, t.first_id, t.history_id, t.transaction_id, t.changed_at,
               t.role_name, t.session_role_name, t.command_tag, t.object_type,
               t.schema_name, t.identity, t.action, t.previous_identity,
               t.columns
          FROM of_table AS t
          LEFT JOIN LATERAL (
                SELECT own.id, own.action,
                       (parse_ident(coalesce(own.previous_identity,
                                             own.identity)))[3] AS name
                  FROM own
                 WHERE own.id > t.life_begin
                   AND (t.life_end IS NULL OR own.id < t.life_end)
                 ORDER BY own.id LIMIT 1) AS earliest ON true
         WHERE CASE t.action
               WHEN 'created' THEN
                    earliest.action IS DISTINCT FROM 'created'
                    AND coalesce(earliest.name, in_column) = ANY (t.columns)
               WHEN 'altered' THEN false
               ELSE (earliest.action IS DISTINCT FROM 'created'
                     OR t.id > earliest.id)
                    AND NOT EXISTS (
                        SELECT FROM own
                         WHERE own.id > t.life_begin
                           AND (own.action = 'dropped' AND own.id < t.id
                                OR (own.transaction_id, own.changed_at) =
                                   (t.transaction_id, t.changed_at)))
               END
    )
    SELECT c.id, c.changed_at, h.patch_name, h.event, c.role_name,
           c.command_tag, c.action, c.object_type, c.identity::text,
           c.previous_identity::text, c.history_id
      FROM rows AS c LEFT JOIN _v.history AS h ON h.id = c.history_id
     ORDER BY c.id;
END
$$;

CREATE FUNCTION _v.blame(
    in_object text,
    OUT changed_at timestamptz,
    OUT patch_name text,
    OUT event text,
    OUT role_name text,
    OUT command_tag text,
    OUT action text,
    OUT object_type text,
    OUT identity text,
    OUT previous_identity text,
    OUT history_id bigint
) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
AS $$
DECLARE
    relation pg_catalog.oid;
    function pg_catalog.oid;
    type pg_catalog.oid;
    found pg_catalog.record;
BEGIN
    -- There are no operators here: they would be looked up, too. Up to version
    -- 15 these raise an error for what is no name.
    BEGIN
        relation := pg_catalog.to_regclass(in_object);
    EXCEPTION
        WHEN OTHERS THEN
            NULL;
    END;
    BEGIN
        function := pg_catalog.to_regprocedure(in_object);
    EXCEPTION
        WHEN OTHERS THEN
            NULL;
    END;
    BEGIN
        type := pg_catalog.to_regtype(in_object);
    EXCEPTION
        WHEN OTHERS THEN
            NULL;
    END;
    found := _v.find_object(in_object, relation, function, type,
                            pg_catalog.current_schemas(true));
    IF found.types IS NULL AND pg_catalog.to_regnamespace(
           pg_catalog.quote_ident(in_object)) IS NULL THEN
        RAISE EXCEPTION 'object "%" does not exist, and is not known to have existed',
                        in_object
              USING ERRCODE = 'undefined_object',
                    HINT = 'Name it as in a regclass or regprocedure, a column as table.column, and anything else by its identity in _v.objects or _v.changes.';
    END IF;
    RETURN QUERY
    SELECT l.changed_at, l.patch_name, l.event, l.role_name, l.command_tag,
           l.action, l.object_type, l.identity, l.previous_identity,
           l.history_id
      FROM _v.life(found.types, found.identities, found.column_name) AS l;
END
$$;

COMMENT ON FUNCTION _v.find_object(text, oid, oid, oid, name[]) IS
'Finds what a name that was given to _v.blame stands for.
Takes the name, what it is in the caller''s search_path, and the schemas there.
Returns types and identities, of the table if it is a column, or NULLs.';
COMMENT ON FUNCTION _v.find_lives(text[], text[]) IS
'The first_id of each life in _v.changes that these objects have had.';
COMMENT ON FUNCTION _v.find_former_column(text[], bigint[], text) IS
'The first_id of the column that had this name when these tables were created.
Takes the tables and the first_id of each of their lives.';
COMMENT ON FUNCTION _v.life(text[], text[], text) IS
'The rows of _v.changes about these objects or a column of them, in order.';
COMMENT ON FUNCTION _v.blame(text) IS
'Who changed this: the life of an object, in order, through all its names.
Takes a name as in regclass, regprocedure or regtype, a function without
its arguments, table.column, schema.table.column, or an identity as in
_v.objects and _v.changes. Dropped objects are found, too.
Returns a row for each change that was recorded. Raises 42704 if there is
no such object and none is known. Locks what SELECT locks, and needs
SELECT on _v.changes and _v.history.';
