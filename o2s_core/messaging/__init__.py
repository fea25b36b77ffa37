"""Messages to clients: the firm's mail server, the outbox, and how each leaves once."""

from o2s_core.messaging.outbox import (
    MAIL_FORM,
    OUTBOX,
    STATES,
    Attached,
    MailForm,
    cancel_mail,
    mails_about,
    mark_received,
    outbox,
    queue_mail,
    send_again,
    why_not_mail,
)
from o2s_core.messaging.sending import HANDLERS, send_due
from o2s_core.messaging.server import (
    SERVER_FORM,
    MailServerCard,
    MailServerForm,
    is_offline,
    mail_server,
    save_mail_server,
    try_mail_server,
)

__all__ = [
    "HANDLERS",
    "MAIL_FORM",
    "OUTBOX",
    "SERVER_FORM",
    "STATES",
    "Attached",
    "MailForm",
    "MailServerCard",
    "MailServerForm",
    "cancel_mail",
    "is_offline",
    "mail_server",
    "mails_about",
    "mark_received",
    "outbox",
    "queue_mail",
    "save_mail_server",
    "send_again",
    "send_due",
    "try_mail_server",
    "why_not_mail",
]
