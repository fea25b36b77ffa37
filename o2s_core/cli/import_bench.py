"""How fast a large delivery becomes positions, beside the least that the machine could do.

On a copy of the firm: every current line is written as one flat file dated of
the day, then received as any other, while somebody keeps reading holdings.
"""

import multiprocessing
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl
from sqlmodel import col, select

from o2s_core import aggregation, contacts, portfolio, store
from o2s_core.aggregation.feed.catalogue import UNNAMED, ensure_provider
from o2s_core.aggregation.models import AccountLink
from o2s_core.kernel.context import Context, Place
from o2s_core.kernel.errors import DataError, InvalidInputError
from o2s_core.kernel.untrusted import STANDBY
from o2s_core.market.models import Instrument
from o2s_core.portfolio.models import Account, Situation, SituationLine

FEED: Final = "french_positions"
READERS_LOOK_AT: Final = 20
#: How the file names what has no ISIN.
NATURES: Final = {"fonds_euros": "Fonds en euros", "cash": "Espèces"}
LINES: Final = pl.Schema(
    {
        "Compte": pl.String(),
        "Code ISIN": pl.String(),
        "Libellé": pl.String(),
        "Nature": pl.String(),
        "Quantité": store.EXACT_FRAME,
        "Cours": store.EXACT_FRAME,
        "Date VL": pl.Date(),
        "Valorisation": store.EXACT_FRAME,
        "Devise": pl.String(),
    }
)


def measure_import(ctx: Context, codes: list[str]) -> dict[str, Any]:
    """Return seconds, ratio to DuckDB's `COPY`, memory, and what readers felt meanwhile."""
    with _copied(ctx) as own:
        lines = _lines(own)
        if lines.is_empty():
            raise DataError("Aucune ligne à recevoir : créez le cabinet de démonstration.")
        file = own.place.home / f"positions_{own.today:%Y%m%d}.csv"
        _write(lines, file, own)
        _decide(own)
        processor = _processor()
        reference = _seconds(lambda: _copy_to_parquet(file))
        processor = _processor() - processor
        return _received(own, file, codes) | {
            "name": "import",
            "reference": "duckdb_copy",
            "reference_seconds": round(reference, 6),
            "reference_processor_seconds": round(processor, 3),
            "size": lines.height,
        }


def _received(ctx: Context, file: Path, codes: list[str]) -> dict[str, Any]:
    """Receive the file in a process of its own, while another one reads."""
    before = _felt(ctx, codes)
    fresh = multiprocessing.get_context("spawn")
    stop, answers, told = fresh.Event(), fresh.Queue(), fresh.Queue()
    whose = (ctx.place, ctx.now, ctx.today)
    reader = fresh.Process(
        target=_keep_reading, args=(*whose, codes[:READERS_LOOK_AT], stop, answers)
    )
    reader.start()
    answers.get()  # it has read once
    importer = fresh.Process(target=_receive, args=(*whose, file, told))
    importer.start()
    done: dict[str, Any] = told.get()
    importer.join()
    stop.set()
    during = answers.get()
    reader.join()
    return done | {
        "reader_ms_before": round(statistics.median(before) * 1000, 3),
        "reader_ms_during": round(statistics.median(during or before) * 1000, 3),
    }


def _receive(place: Place, now: Any, today: Any, file: Path, told: Any) -> None:  # noqa: ANN401
    """Receive the file as the command line would, and say what it took."""
    from o2s_core import administration

    ctx = administration.operator(place, now, today)
    processor, start = _processor(), time.perf_counter()
    report = aggregation.receive(ctx, file, feed=FEED)
    spent = time.perf_counter() - start
    STANDBY.leave()  # what its children used is counted once it has ended
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    told.put(
        {
            "seconds": round(spent, 6),
            "processor_seconds": round(_processor() - processor, 3),
            "state": report.state,
            "counts": report.counts,
            "peak_mb": round(max(resource.getrusage(w).ru_maxrss for w in who) / 1024, 1),
        }
    )


def _processor() -> float:
    """Return the seconds of processor of this process and of its ended children."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, who))


@contextmanager
def _copied(ctx: Context) -> Iterator[Context]:
    """Lend a copy of the firm: its records, its published files, its key."""
    if not store.is_sqlite(ctx):
        raise InvalidInputError("La mesure d'import se fait sur SQLite, sur une copie du cabinet.")
    home = ctx.place.home
    with tempfile.TemporaryDirectory(prefix="o2s-bench-", dir=home.parent) as name:
        there = Path(name) / "home"
        there.mkdir()
        for folder in ("segments", "derived"):
            if (home / folder).exists():
                shutil.copytree(home / folder, there / folder)
        store.copy_records(ctx.place, there / "o2s.sqlite3")
        shutil.copy2(ctx.place.key_path, there.with_name("home.key"))
        place = Place(there, f"sqlite:///{there / 'o2s.sqlite3'}")
        try:
            yield replace(ctx, place=place, versions=store.versions(place, ctx.firm_id))
        finally:
            store.close(place)


def _lines(ctx: Context) -> pl.DataFrame:
    """Return the lines of the newest situation of each account, as a partner would write them."""
    asked: Any = (
        select(  # type: ignore[call-overload]
            col(Account.number).label("Compte"),
            col(Instrument.isin).label("Code ISIN"),
            col(Instrument.label).label("Libellé"),
            col(Instrument.kind).label("Nature"),
            col(SituationLine.quantity).label("Quantité"),
            col(SituationLine.price).label("Cours"),
            col(SituationLine.price_on).label("Date VL"),
            col(SituationLine.value).label("Valorisation"),
            col(SituationLine.currency).label("Devise"),
        )
        .join(Situation, col(Situation.id) == col(SituationLine.situation_id))
        .join(Account, col(Account.id) == col(SituationLine.account_id))
        .join(Instrument, col(Instrument.id) == col(SituationLine.instrument_id))
        .where(Situation.firm_id == ctx.firm_id, Situation.state == "active")
        .order_by(col(Account.id), col(SituationLine.id))
    )
    return store.frame(ctx, asked, LINES)


def _write(lines: pl.DataFrame, file: Path, ctx: Context) -> None:
    amounts = [n for n, kind in LINES.items() if kind == store.EXACT_FRAME]
    french = lines.with_columns(
        *(pl.col(n).cast(pl.String).str.replace(".", ",", literal=True) for n in amounts),
        pl.col("Date VL").dt.strftime("%d/%m/%Y"),
        pl.col("Nature").replace_strict(NATURES, default="UC"),
        Date=pl.lit(f"{ctx.today:%d/%m/%Y}"),
    )
    french.write_csv(file, separator=";", quote_style="never")


def _decide(ctx: Context) -> None:
    """Attach every number to its account, as somebody did the first time."""
    shape = pl.Schema({"account_id": pl.Int64(), "external_key": pl.String()})
    asked: Any = select(
        col(Account.id).label("account_id"), col(Account.number_key).label("external_key")
    ).where(Account.firm_id == ctx.firm_id)
    numbers = store.frame(ctx, asked, shape).unique("external_key", keep="first")
    with store.tx(ctx) as tx:
        provider = ensure_provider(tx, *UNNAMED)
        known: Any = select(AccountLink.external_key).where(AccountLink.provider_id == provider)
        decided = tx.session.exec(known).all()
        fresh = numbers.filter(~pl.col("external_key").is_in(decided))
        store.insert_frame(
            tx, AccountLink, fresh.with_columns(provider_id=pl.lit(provider), rule=pl.lit("user"))
        )


def _copy_to_parquet(file: Path) -> None:
    target = file.with_suffix(".parquet")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (from read_csv('{file}', delim=';')) to '{target}' (format parquet)"
        )


def _felt(ctx: Context, codes: Iterable[str]) -> list[float]:
    """Return how long each client's holdings took to read."""
    scopes = [contacts.scope(ctx, "contact", code) for code in list(codes)[:READERS_LOOK_AT]]
    return [_seconds(lambda s=scope: portfolio.holdings(ctx, s, None)) for scope in scopes * 2]


def _keep_reading(
    place: Place, now: Any, today: Any, codes: list[str], stop: Any, answers: Any  # noqa: ANN401
) -> None:  # fmt: skip
    """Read holdings until told to stop, in another process, as the application would."""
    from o2s_core import administration

    ctx = administration.operator(place, now, today)
    _felt(ctx, codes)
    answers.put("ready")
    times: list[float] = []
    while not stop.is_set():
        times += _felt(ctx, codes[:2])
        time.sleep(0.05)
    answers.put(times)


def _seconds(run: Any) -> float:  # noqa: ANN401
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
