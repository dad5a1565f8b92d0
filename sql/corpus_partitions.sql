-- DDL statements of many kinds, each with the rows that it makes: partitions,
-- and what came along with the tables that they are partitions of.
\set VERBOSITY terse
\pset tuples_only on
\pset format unaligned
SELECT _v.register_patch('corpus_partitions');

CREATE TABLE parted (id int PRIMARY KEY, v text CHECK (v <> '')) PARTITION BY RANGE (id); SELECT attributed();
CREATE TABLE part1 PARTITION OF parted FOR VALUES FROM (0) TO (10); SELECT attributed();
CREATE TABLE part2 (id int NOT NULL, v text CONSTRAINT parted_v_check CHECK (v <> '')); SELECT attributed();
ALTER TABLE parted ATTACH PARTITION part2 FOR VALUES FROM (10) TO (20); SELECT attributed();
CREATE INDEX parted_v ON parted (v); SELECT attributed();
CREATE INDEX only_v ON ONLY parted (v, id); SELECT attributed();
CREATE INDEX part1_only_v ON part1 (v, id); SELECT attributed();
ALTER INDEX only_v ATTACH PARTITION part1_only_v; SELECT attributed();
ALTER TABLE parted ADD COLUMN w int; SELECT attributed();
ALTER TABLE parted ADD CONSTRAINT w_positive CHECK (w > 0); SELECT attributed();
ALTER TABLE parted RENAME COLUMN w TO width; SELECT attributed();
ALTER TABLE parted RENAME CONSTRAINT w_positive TO width_positive; SELECT attributed();
ALTER TABLE parted ALTER width TYPE int8; SELECT attributed();
ALTER TABLE parted DROP COLUMN width; SELECT attributed();
CREATE TRIGGER parted_trigger AFTER INSERT ON parted FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger('a', 'b', 'c'); SELECT attributed();
CREATE TABLE refers (id int REFERENCES parted); SELECT attributed();
CREATE TABLE part4 PARTITION OF parted FOR VALUES FROM (20) TO (30); SELECT attributed();
DROP TABLE refers, part4; SELECT attributed();
ALTER TABLE parted DETACH PARTITION part2; SELECT attributed();
CREATE TABLE part3 PARTITION OF parted DEFAULT PARTITION BY LIST (id); SELECT attributed();
DROP TABLE part1; SELECT attributed();
DROP TABLE parted; SELECT attributed();
DROP TABLE part2; SELECT attributed();
