-- CREATE EXTENSION makes the schema, the table and the functions.
CREATE EXTENSION versioning;
\df _v.*
\d _v.patches
