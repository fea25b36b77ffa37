"""Does a file keep to what is agreed about its feed? (actif, part d'erreurs, complétude)."""

from dataclasses import replace

import polars as pl
from sqlmodel import Session, select

from o2s_core.aggregation.feed.catalogue import OF_FORMAT, FeedSpec
from o2s_core.aggregation.formats import recognise
from o2s_core.aggregation.mapping.fields import Given
from o2s_core.aggregation.models import Feed
from o2s_core.aggregation.statement import Refusal, Statement
from o2s_core.kernel.context import Context
from o2s_core.kernel.french import NBSP, number


def agreed_reading(session: Session, ctx: Context, feed: str, data: bytes, name: str) -> Given:
    """Return what a feed states of its files that they may not say.

    Of a QIF: the order of its days (`date_order`) and the numbers of its accounts
    (`account_numbers`, comma-separated, in the order of the file).
    """
    if recognise(data, name) != "qif":
        return {}
    query = select(Feed.date_order, Feed.account_numbers).where(
        Feed.firm_id == ctx.firm_id, Feed.code == (feed or OF_FORMAT["qif"])
    )
    order, numbers = session.exec(query).first() or ("", "")
    said = {"date_order": order, "account_numbers": numbers}
    return {name: text for name, text in said.items() if text}


def refused_by(feed: FeedSpec, statement: Statement) -> Refusal | None:
    """Return why a feed does not take a file that can be read, None when it does.

    F08: a larger share of rows in error than the feed admits. F09: it is put aside.
    """
    if not feed.active:
        return Refusal(
            statement.format, "F09", f"Le flux «{NBSP}{feed.label}{NBSP}» est inactif : rien n'est "
            "importé. Réactivez-le sur la page Flux, puis déposez le fichier à nouveau.",
        )  # fmt: skip
    errors, rows = statement.errors, statement.rows
    if rows == 0 or errors * 100 <= feed.max_error_share * rows:
        return None
    share, limit = number(errors * 100 / rows, 0), feed.max_error_share
    return Refusal(
        statement.format, "F08", f"{share}{NBSP}% des lignes sont en erreur (limite du flux : "
        f"{limit}{NBSP}%). Rien n'est importé : vérifiez la correspondance choisie et le format "
        "du fichier.",
    )  # fmt: skip


def as_agreed(statement: Statement, feed: FeedSpec) -> Statement:
    """Return a statement as its feed takes it: its own share of errors, its own completeness."""
    kept = statement.anomalies.filter(pl.col("code") != "F08")
    said = feed.asked_completeness or statement.completeness
    return replace(statement, anomalies=kept, completeness=said)
