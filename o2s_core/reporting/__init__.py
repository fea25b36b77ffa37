"""What an adviser hands to a client: account statements."""

from o2s_core.reporting.statements.batches import (
    BATCHES,
    HANDLERS,
    request_statements,
    statement_batches,
    stop_statements,
)
from o2s_core.reporting.statements.figures import Statement, first_day, statement
from o2s_core.reporting.statements.layout import Layout, pdf_of, xlsx_of
from o2s_core.reporting.statements.making import (
    FORMATS,
    ISSUES,
    Made,
    StatementForm,
    issue_statement,
    issued_statements,
    make_statement,
)
from o2s_core.reporting.statements.saved_models import (
    PERIODS,
    StatementModelCard,
    StatementModelForm,
    delete_model,
    save_model,
    statement_model,
    statement_models,
)
from o2s_core.reporting.statements.sections import SECTIONS
from o2s_core.reporting.statements.sending import (
    Recipient,
    SendingForm,
    ToSend,
    send_statement,
    statement_message,
    statement_to_send,
)
from o2s_core.reporting.statements.words import FIELDS

__all__ = [
    "BATCHES",
    "FIELDS",
    "FORMATS",
    "HANDLERS",
    "ISSUES",
    "PERIODS",
    "SECTIONS",
    "Layout",
    "Made",
    "Recipient",
    "SendingForm",
    "Statement",
    "StatementForm",
    "StatementModelCard",
    "StatementModelForm",
    "ToSend",
    "delete_model",
    "first_day",
    "issue_statement",
    "issued_statements",
    "make_statement",
    "pdf_of",
    "request_statements",
    "save_model",
    "send_statement",
    "statement",
    "statement_batches",
    "statement_message",
    "statement_model",
    "statement_models",
    "statement_to_send",
    "stop_statements",
    "xlsx_of",
]
