"""What a takeover adds and changes, client by client: before, after, amounts, counts."""

import io
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import orjson
import polars as pl

from o2s_core.aggregation.takeover.kinds import ACCOUNTS, CONTACTS, KINDS, VERDICTS
from o2s_core.aggregation.takeover.plan import ROWS, STANDING, Client, Contract, Plan, rows_of
from o2s_core.aggregation.takeover.units import Unit
from o2s_core.aggregation.takeover.values import choices
from o2s_core.kernel import french
from o2s_core.kernel.money import cents

EXACT: Final = pl.Decimal(38, 8)
#: One row per client of the exports. `amount` is what their lines are worth at the last date of
#: each account, their share of it, null when a line is not in euros or has no value;
#: `announced` is what the export says; `gap` the difference.
CLIENTS: Final = pl.Schema(
    {
        "client": pl.String(),
        "name": pl.String(),
        "verdict": pl.String(),
        "fields": pl.Int64(),
        "accounts_new": pl.Int64(),
        "accounts_changed": pl.Int64(),
        "movements": pl.Int64(),
        "situations": pl.Int64(),
        "documents": pl.Int64(),
        "amount": EXACT,
        "announced": EXACT,
        "gap": EXACT,
        "reason": pl.String(),
    }
)
#: One row per fact that changes.
CHANGES: Final = pl.Schema(
    {
        "client": pl.String(),
        "what": pl.String(),
        "field": pl.String(),
        "before": pl.String(),
        "after": pl.String(),
    }
)
#: How many rows of each export have each verdict.
COUNTS: Final = pl.Schema(
    {"kind": pl.String(), "label": pl.String(), "rows": pl.Int64()}
    | dict.fromkeys(VERDICTS, pl.Int64())
)
FRAMES: Final = {"rows": ROWS, "clients": CLIENTS, "changes": CHANGES, "counts": COUNTS}


@dataclass(frozen=True, slots=True)
class TakeoverReport:
    """A rehearsal, as it is kept and shown."""

    rows: pl.DataFrame
    clients: pl.DataFrame
    changes: pl.DataFrame
    counts: pl.DataFrame
    conflicts: Mapping[str, tuple[tuple[int, str], ...]]  #: client -> contacts it looks like
    unknown: Mapping[str, Mapping[str, tuple[str, ...]]]  #: export id -> fact -> their words
    units: int

    def count(self, verdict: str) -> int:
        """Return how many rows have a verdict."""
        return int(self.counts[verdict].sum())


def report_of(plan: Plan, units: list[Unit]) -> TakeoverReport:
    """Return what a plan would do, as it is kept and shown."""
    rows = rows_of(plan)
    amounts = _amounts(plan)
    changes = [change for c in plan.clients.values() for change in _client_changes(c)]
    changes += [change for c in plan.contracts.values() for change in _contract_changes(c)]
    tally = _Tally(plan)
    clients = [tally.row(client, amounts) for client in plan.clients.values()]
    return TakeoverReport(
        rows,
        pl.DataFrame(clients, CLIENTS, orient="row"),
        pl.DataFrame(changes, CHANGES, orient="row"),
        _counts(rows),
        {c.client: c.alike for c in plan.clients.values() if c.verdict == "conflict"},
        {str(file): words for file, words in plan.unknown.items() if words},
        len(units),
    )


def _counts(rows: pl.DataFrame) -> pl.DataFrame:
    counted = {(k, v): n for k, v, n in rows.group_by("kind", "verdict").len().iter_rows()}
    lines = []
    for kind, label in KINDS.items():
        told = [counted.get((kind, verdict), 0) for verdict in VERDICTS]
        if sum(told):
            lines.append((kind, label, sum(told), *told))
    return pl.DataFrame(lines, COUNTS, orient="row")


class _Tally:
    """How much each client gets."""

    def __init__(self, plan: Plan) -> None:
        self._accounts: dict[str, list[Contract]] = defaultdict(list)
        self._announced: dict[str, Decimal] = defaultdict(Decimal)
        for contract in plan.contracts.values():
            for code in {h.client for h in contract.holders} or {contract.client}:
                self._accounts[code].append(contract)
        self._movements = _new_by_ref(plan.movements)
        days = plan.positions
        if days.height:
            days = days.unique(["ref", "as_of"], maintain_order=True)
        self._situations = _new_by_ref(days)
        self._papers: dict[str, int] = defaultdict(int)
        for paper in plan.papers:
            self._papers[paper.client] += paper.verdict == "new"

    def row(self, client: Client, amounts: Mapping[str, Decimal | None]) -> tuple[Any, ...]:
        """Return the line of a client (schema `CLIENTS`)."""
        mine = [c for c in self._accounts[client.client] if c.verdict in STANDING]
        known = [part for c in mine if c.ref in amounts for part in _part(c, client, amounts)]
        amount = _sum(known)
        said = client.announced if client.announced is not None else _told(mine, client)
        gap = None if amount is None or said is None else amount - said
        return (
            client.client, client.subject, client.verdict,
            len(client.changes),
            sum(c.verdict == "new" for c in mine), sum(c.verdict == "updated" for c in mine),
            sum(self._movements.get(c.ref, 0) for c in mine),
            sum(self._situations.get(c.ref, 0) for c in mine),
            self._papers[client.client], amount, said, gap, client.reason,
        )  # fmt: skip


def _sum(parts: list[Decimal | None]) -> Decimal | None:
    """Return a total, null when there is nothing or when a part is not known."""
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(parts) else None


def _new_by_ref(rows: pl.DataFrame) -> dict[str, int]:
    if not rows.height:
        return {}
    fresh = rows.filter(pl.col("verdict").is_in(["new", "updated"]))
    return dict(fresh.group_by("ref").len().iter_rows())


def _share(contract: Contract, client: Client) -> Decimal:
    owned = (h.share or Decimal(0) for h in contract.holders
             if h.client == client.client and h.right != "bare")  # fmt: skip
    return sum(owned, Decimal(0))


def _part(
    contract: Contract, client: Client, amounts: Mapping[str, Decimal | None]
) -> list[Decimal | None]:
    """Return what a client owns of an account; usufruct counts here as the whole."""
    amount = amounts[contract.ref]
    return [None if amount is None else cents(amount * _share(contract, client))]


def _told(contracts: list[Contract], client: Client) -> Decimal | None:
    """Return what the export of accounts says that a client holds, null when it says nothing."""
    said = [cents(c.announced * _share(c, client)) for c in contracts if c.announced is not None]
    return sum(said, Decimal(0)) if said else None


def _amounts(plan: Plan) -> dict[str, Decimal | None]:
    """Return what each account is worth at its last day, null where it is not known in euros."""
    rows = plan.positions
    if not rows.height:
        return {}
    kept = rows.filter(pl.col("verdict") != "error")
    last = kept.filter(pl.col("as_of") == pl.col("as_of").max().over("ref"))
    value = pl.coalesce("value", (pl.col("quantity") * pl.col("price")).cast(EXACT))
    foreign = ~pl.col("currency").fill_null("EUR").is_in(["EUR", "eur"])
    lacking = pl.col("worth").is_null().any() | pl.col("foreign").any()
    totals = (
        last.with_columns(worth=value, foreign=foreign)
        .group_by("ref")
        .agg(total=pl.col("worth").sum(), lacking=lacking)
    )
    return {ref: None if lacking else total for ref, total, lacking in totals.iter_rows()}


def _client_changes(client: Client) -> list[tuple[str, ...]]:
    return [
        (client.client, "Contact", _label(CONTACTS, name), *_shown(CONTACTS, name, pair))
        for name, pair in client.changes.items()
    ]


def _contract_changes(item: Contract) -> list[tuple[str, ...]]:
    what = f"Compte {item.subject}"
    return [
        (item.client, what, "Titulaires et droits", f"{len(before)} titulaire(s)",
         f"{len(after)} titulaire(s)")
        if name == "holders"
        else (item.client, what, _label(ACCOUNTS, name), *_shown(ACCOUNTS, name, (before, after)))
        for name, (before, after) in item.changes.items()
    ]  # fmt: skip


def _label(targets: Mapping[str, Any], name: str) -> str:
    return "Conseiller" if name == "adviser_id" else targets[name].label


def _shown(targets: Mapping[str, Any], name: str, pair: tuple[Any, Any]) -> tuple[str, str]:
    target = targets.get(name)
    if name in {"pep", "us_person"}:
        return ("confidentiel", "confidentiel")
    if target is not None and target.vocabulary:
        words = choices(target.vocabulary)
        return tuple(words.get(str(v), str(v or "")) for v in pair)  # type: ignore[return-value]
    if target is not None and target.kind == "day":
        return french.day(pair[0]), french.day(pair[1])
    return str(pair[0] or ""), str(pair[1] or "")


def packed(report: TakeoverReport) -> bytes:
    """Return a report as it is kept in the archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        head = {"conflicts": report.conflicts, "unknown": report.unknown, "units": report.units}
        archive.writestr("head.json", orjson.dumps(head))
        for name in FRAMES:
            held = io.BytesIO()
            getattr(report, name).write_ipc(held)
            archive.writestr(name, held.getvalue())
    return out.getvalue()


def unpacked(data: bytes) -> TakeoverReport:
    """Return a report that was kept."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        head = orjson.loads(archive.read("head.json"))
        frames = {name: pl.read_ipc(io.BytesIO(archive.read(name))) for name in FRAMES}
    conflicts = {c: tuple((i, label) for i, label in found)
                 for c, found in head["conflicts"].items()}  # fmt: skip
    unknown = {f: {n: tuple(w) for n, w in facts.items()} for f, facts in head["unknown"].items()}
    return TakeoverReport(**frames, conflicts=conflicts, unknown=unknown, units=head["units"])
