-- CREATE EXTENSION makes the schema, the tables, the views and the functions.
CREATE EXTENSION versioning;
SELECT relkind, oid::regclass AS relation FROM pg_class
 WHERE relnamespace = '_v'::regnamespace AND relkind IN ('r', 'v', 'S')
 ORDER BY relkind, relname;
SELECT oid::regprocedure AS function, prorettype::regtype AS returns
  FROM pg_proc WHERE pronamespace = '_v'::regnamespace
 ORDER BY proname, pronargs;
\d _v.patches
