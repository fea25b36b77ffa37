"""How do waiting messages leave, each at most once, whatever happens? (Envoi)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.messaging.line import (
    CutError,
    LaterError,
    Line,
    LineError,
    RefusedError,
    Sending,
    UncertainError,
    dialled,
)
from o2s_core.messaging.models import MailAttachment, MailServer, OutgoingMail
from o2s_core.messaging.server import line_of, sender_of, server_of
from o2s_core.messaging.writing import Letter, Part, written

SEND: Final = "messaging.send"
#: A message taken this long ago by a worker that fell silent may have left, or not.
SILENCE: Final = timedelta(minutes=10)
#: How long a message waits after each refusal of the moment; then it has failed.
WAITS: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720))
LOST: Final = (
    "L'envoi s'est interrompu : le message est peut-être parti. Demandez au client s'il l'a reçu, "
    "puis renvoyez-le ou marquez-le reçu."
)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one try; `cut`: the line is no more."""

    state: str
    reason: str = ""
    cut: bool = False


def send_due(work: store.Work) -> dict[str, Any]:
    """Send what waits, at the pace of the firm; without a server, everything is kept.

    A message is taken in one write, sent, then settled in another: a worker that
    dies in between leaves it to be checked by a person, never sent twice by itself.
    """
    ctx = work.context
    _give_up_on_the_lost(ctx)
    with store.reading(ctx) as session:
        server = server_of(session, ctx)
    if server is None or not (room := _room(ctx, server.per_minute)):
        return {"sent": 0}
    line, sender, sent = line_of(ctx, server), sender_of(ctx, server), 0
    try:
        sent = _send_all(work, line, sender, room)
    except LineError as why:
        _note(ctx, str(why))
        return {"sent": sent, "line": "down"}
    return {"sent": sent}


def _send_all(work: store.Work, line: Line, sender: tuple[str, str], room: int) -> int:
    """Send up to `room` messages over one line, which is dialled only for a first one."""
    if not _anything(work.context):
        return 0
    tried = 0
    with dialled(line) as sending:
        _note(work.context, "")
        while tried < room and (mail := _take(work.context)) is not None:
            outcome = _outcome(work.context, sending, mail, sender)
            _settle(work.context, mail, outcome)
            tried += 1
            if outcome.cut:
                break
    return tried


def _outcome(
    ctx: Context, sending: Sending, mail: OutgoingMail, sender: tuple[str, str]
) -> _Outcome:
    """Return the state that a message ends in after a try, and why."""
    letter = Letter(
        mail.to_address, mail.subject, mail.body, mail.message_id, ctx.now, _parts(ctx, mail)
    )
    try:
        sending(mail.to_address, written(letter, sender))
    except RefusedError as why:
        return _Outcome("failed", str(why))
    except LaterError as why:
        state = "queued" if mail.attempts <= len(WAITS) else "failed"
        return _Outcome(state, str(why), cut=isinstance(why, CutError))
    except UncertainError as why:
        return _Outcome("uncertain", str(why), cut=True)
    return _Outcome("sent")


def _take(ctx: Context) -> OutgoingMail | None:
    """Take the oldest message that is due: two workers never take the same."""
    query = _due(ctx).order_by(col(OutgoingMail.next_at), col(OutgoingMail.id)).limit(1)
    with store.tx(ctx) as tx:
        row = tx.session.exec(query.with_for_update(skip_locked=True)).first()
        if row is not None:
            row.state, row.taken_at, row.attempts = "sending", ctx.now, row.attempts + 1
            tx.touch("messaging")
    return row


def _settle(ctx: Context, mail: OutgoingMail, outcome: _Outcome) -> None:
    """Write what became of a message."""
    wait, state = WAITS[min(mail.attempts, len(WAITS)) - 1], outcome.state
    with store.tx(ctx) as tx:
        row = tx.session.get_one(OutgoingMail, mail.id)
        row.state, row.reason = state, outcome.reason
        row.sent_at = ctx.now if state == "sent" else None
        row.next_at = ctx.now + wait
        after = {"state": state, "attempts": row.attempts}
        tx.audit("send", "mail", row.id, after=after, subject=row.contact_id)
        tx.touch("messaging")


def _give_up_on_the_lost(ctx: Context) -> None:
    """Leave to a person what a silent worker had taken: it may have left."""
    lost = (
        update(OutgoingMail)
        .where(
            col(OutgoingMail.firm_id) == ctx.firm_id,
            col(OutgoingMail.state) == "sending",
            col(OutgoingMail.taken_at) < ctx.now - SILENCE,
        )
        .values(state="uncertain", reason=LOST, version=col(OutgoingMail.version) + 1)
    )
    with store.tx(ctx) as tx:
        for mail_id in tx.session.execute(lost.returning(col(OutgoingMail.id))).scalars().all():
            tx.audit("lose", "mail", mail_id)
            tx.touch("messaging")


def _due(ctx: Context) -> SelectOfScalar[OutgoingMail]:
    return select(OutgoingMail).where(
        OutgoingMail.firm_id == ctx.firm_id,
        OutgoingMail.state == "queued",
        col(OutgoingMail.next_at) <= ctx.now,
    )


def _anything(ctx: Context) -> bool:
    with store.reading(ctx) as session:
        return session.exec(_due(ctx).limit(1)).first() is not None


def _room(ctx: Context, per_minute: int) -> int:
    """Return how many messages may still leave within this minute."""
    lately = select(func.count()).where(
        OutgoingMail.firm_id == ctx.firm_id,
        col(OutgoingMail.taken_at) > ctx.now - timedelta(minutes=1),
    )
    with store.reading(ctx) as session:
        return max(0, per_minute - session.exec(lately).one())


def _parts(ctx: Context, mail: OutgoingMail) -> tuple[Part, ...]:
    query = (
        select(MailAttachment)
        .where(MailAttachment.firm_id == ctx.firm_id, MailAttachment.mail_id == mail.id)
        .order_by(col(MailAttachment.id))
    )
    with store.reading(ctx) as session:
        rows = session.exec(query).all()
    return tuple((row.file_name, row.media_type, store.blob(ctx, row.sha256)) for row in rows)


def _note(ctx: Context, failure: str) -> None:
    """Say on the server's card how the last try went."""
    with store.tx(ctx) as tx:
        row = tx.session.exec(select(MailServer).where(MailServer.firm_id == ctx.firm_id)).first()
        if row is None or (row.failure == failure and not failure):
            return
        row.failure, row.tried_at = failure, ctx.now
        tx.touch("messaging")


#: What the worker does for this package.
HANDLERS: Final[Mapping[str, store.Handler]] = {SEND: send_due}
