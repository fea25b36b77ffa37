"""What the database itself refuses, whoever asks: to rewrite or to shorten the audit trail."""

from typing import Any, Final

from sqlalchemy import Connection, Table, event

from o2s_core.store.audit import AuditEvent

_SQLITE: Final = """
create trigger if not exists audit_event_no_{verb} before {verb} on audit_event
begin select raise(abort, 'audit trail: {verb} refused'); end
"""
_POSTGRES: Final = """
create or replace function audit_event_refuse() returns trigger language plpgsql as
$$ begin raise exception 'audit trail: % refused', lower(tg_op); end $$;
create or replace trigger audit_event_no_change before update or delete on audit_event
for each row execute function audit_event_refuse();
create or replace trigger audit_event_no_truncate before truncate on audit_event
for each statement execute function audit_event_refuse();
"""


def install_guards(connection: Connection) -> None:
    """Have the database refuse changes of the trail; asked again, it changes nothing."""
    if connection.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            connection.exec_driver_sql(_SQLITE.format(verb=verb))
    else:
        connection.exec_driver_sql(_POSTGRES.replace("%", "%%"))


def _after_create(_table: Table, connection: Connection, **_more: Any) -> None:  # noqa: ANN401
    install_guards(connection)


event.listen(AuditEvent.__table__, "after_create", _after_create)  # type: ignore[attr-defined]
