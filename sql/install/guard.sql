-- No change without a patch. See guard.c.

CREATE FUNCTION _v.require_patch() RETURNS event_trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_require_patch';

CREATE FUNCTION _v.warn_without_patch() RETURNS event_trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'versioning_warn_without_patch';

COMMENT ON FUNCTION _v.require_patch() IS
'Refuses changes outside a patch. For CREATE EVENT TRIGGER versioning_guard
ON ddl_command_end EXECUTE FUNCTION _v.require_patch(); and another one ON
ddl_command_start, which refuses before they run what cannot be undone, as
CREATE INDEX CONCURRENTLY.
Raises VP001 for a command that runs while _v.current_patch() is NULL. What
concerns temporary objects alone passes, what the script of an extension
does, and REFRESH and REINDEX. So does all under versioning.bypass_guard,
which a superuser may set; it is written to _v.history.
Raises 42501 where DROP EXTENSION ... CASCADE, or what else takes the
extension along, would drop the second event trigger, and the current user is
not its owner.
Locks nothing of its own, but for a bypass _v.history in ROW EXCLUSIVE mode.';
COMMENT ON FUNCTION _v.warn_without_patch() IS
'Warns of changes outside a patch. For CREATE EVENT TRIGGER versioning_guard
ON ddl_command_end EXECUTE FUNCTION _v.warn_without_patch();
Gives a WARNING with SQLSTATE VP001 where require_patch raises.';
