-- No change without a patch. See guard.c.

CREATE FUNCTION _v.require_patch() RETURNS event_trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_require_patch';

CREATE FUNCTION _v.warn_without_patch() RETURNS event_trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_warn_without_patch';

COMMENT ON FUNCTION _v.require_patch() IS
'Refuses changes outside a patch. For CREATE EVENT TRIGGER versioning_guard
ON ddl_command_end EXECUTE FUNCTION _v.require_patch(); and another one ON
ddl_command_start, which refuses commands that cannot be undone, such as
CREATE INDEX CONCURRENTLY, before they run.
Raises VP001 for a command that runs while _v.current_patch() is NULL. These
pass: what concerns only temporary objects, what the script of an extension
does, REFRESH and REINDEX. So does everything under versioning.bypass_guard,
which a superuser may set; that is written to _v.history.
Raises 42501 if DROP EXTENSION ... CASCADE, or whatever else drops the
extension, would drop the second event trigger, and the current user is not
its owner.
Takes no lock of its own, except for a bypass, which locks _v.history in ROW
EXCLUSIVE mode.';
COMMENT ON FUNCTION _v.warn_without_patch() IS
'Warns of changes outside a patch. For CREATE EVENT TRIGGER versioning_guard
ON ddl_command_end EXECUTE FUNCTION _v.warn_without_patch();
Gives a WARNING with SQLSTATE VP001 where require_patch raises.';
