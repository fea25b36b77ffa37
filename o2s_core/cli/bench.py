"""How fast the product computes, measured beside a reference in the same run."""

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import polars as pl
import typer

from o2s_core import contacts, portfolio, store
from o2s_core.aggregation.readers.csv import read_csv
from o2s_core.cli import price_benches
from o2s_core.cli.asking import answer, ask, tell
from o2s_core.cli.import_bench import measure_import
from o2s_core.cli.statement_bench import measure_statements
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError

ROUNDS: Final = 5
CSV_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Bench:
    """Two ways to measure side by side: ours, and the least the machine could do."""

    ours: Callable[[], object]
    reference: Callable[[], object]
    size: int  #: what was worked on: clients, rows…
    each: tuple[tuple[Callable[[], object], Callable[[], object]], ...] = ()
    #: one pair a client: the figures are then those of the slowest of twenty (p95)


def holdings(ctx: Context) -> Bench:
    """Compare a client's holdings with the same lines in SQL over the published copies (p95)."""
    pairs = price_benches.client_holdings(ctx, _owners(ctx))
    return Bench(*pairs[0], len(pairs), tuple(pairs))


def assets(ctx: Context) -> Bench:
    """Compare the firm's assets with a bare scan of the published lines."""
    portfolio.assets(ctx)
    paths = store.segments(ctx, portfolio.PROJECTIONS[0].name)
    rows = pl.scan_parquet(paths).select(pl.len()).collect().item() if paths else 0
    return Bench(
        lambda: portfolio.assets(ctx),
        lambda: pl.scan_parquet(paths).collect() if paths else None,
        int(rows),
    )


def assets_over_time(ctx: Context) -> Bench:
    """Compare five years of the firm's assets with a bare sum of what they are read from."""
    return Bench(*price_benches.assets_over_time(ctx))


def csv(_ctx: Context) -> Bench:
    """Compare the reading of a flat file by mapping with polars' reading of the same text."""
    head = "Compte;Date;Code ISIN;Libellé;Quantité;Cours;Valorisation;Devise\n"
    row = "AV{0:07d};31/10/2026;FR0000120271;Support {0};1 234,5678;12,34;15 234,57;EUR\n"
    data = (head + "".join(row.format(n) for n in range(CSV_ROWS))).encode()

    def reference() -> pl.DataFrame:
        return pl.read_csv(data, separator=";", infer_schema=False)

    return Bench(lambda: read_csv(data, "positions.csv"), reference, CSV_ROWS)


def client_values(ctx: Context) -> Bench:
    """Compare a client's value of every day over five years with the same sum in SQL (p95)."""
    pairs = price_benches.client_values(ctx, _owners(ctx))
    return Bench(*pairs[0], len(pairs), tuple(pairs))


def client_performance(ctx: Context) -> Bench:
    """Compare a client's performance over five years with the reading of its lines (p95)."""
    pairs = price_benches.client_performance(ctx, _owners(ctx))
    return Bench(*pairs[0], len(pairs), tuple(pairs))


def price_matrix(ctx: Context) -> Bench:
    """Compare the laying out of every price published with a bare scan of them."""
    return Bench(*price_benches.matrix(ctx))


def price_coverage(ctx: Context) -> Bench:
    """Compare the coverage of the firm's assets with a bare scan of the published lines."""
    return Bench(*price_benches.coverage(ctx))


BENCHES: Final = {
    "holdings": holdings,
    "assets": assets,
    "assets_over_time": assets_over_time,
    "csv": csv,
    "client_values": client_values,
    "client_performance": client_performance,
    "price_matrix": price_matrix,
    "price_coverage": price_coverage,
}


def bench(
    name: Annotated[str, typer.Argument(help=f"{', '.join(BENCHES)}, import, statement, ou all.")],
    as_json: Annotated[bool, typer.Option("--json", help="Répondre en JSON.")] = False,
) -> None:
    """Mesure une fonction à côté d'une référence, dans la même exécution."""
    if name == "import":
        _bench_import(as_json=as_json)
        return
    if name == "statement":
        _bench_statement(as_json=as_json)
        return
    if name != "all" and name not in BENCHES:
        raise InvalidInputError(f"Mesure inconnue : {name}. Choisissez {', '.join(BENCHES)}.")
    ctx = ask()
    wanted = BENCHES if name == "all" else {name: BENCHES[name]}
    measured = [_measure(key, make(ctx)) for key, make in wanted.items()]
    if as_json:
        answer(measured if name == "all" else measured[0])
    for row in measured:
        milliseconds = row["seconds"] / max(row["size"], 1) * 1000
        tell(f"{row['name']} : {row['seconds']:.3f} s, ratio {row['ratio']:.1f}"
             f" ({milliseconds:.3f} ms l'unité)")  # fmt: skip


def _bench_import(*, as_json: bool) -> None:
    """Receive every current line of the firm again, on a copy."""
    ctx = ask()
    row = measure_import(ctx, _owners(ctx))
    row["ratio"] = round(row["seconds"] / max(row["reference_seconds"], 1e-9), 3)
    least = max(row["reference_processor_seconds"], 1e-9)
    row["processor_ratio"] = round(row["processor_seconds"] / least, 3)
    row["reader_ratio"] = round(row["reader_ms_during"] / max(row["reader_ms_before"], 1e-9), 3)
    if as_json:
        answer(row)
    felt = f"lecture {row['reader_ms_before']:.0f} ms, pendant {row['reader_ms_during']:.0f} ms"
    size = f"{row['seconds']:.1f} s, ratio {row['ratio']:.1f}, {row['peak_mb']:.0f} Mo"
    tell(f"import : {size} ; {felt}")


def _bench_statement(*, as_json: bool) -> None:
    """Make two hundred statements of the firm's clients."""
    ctx = ask()
    row = measure_statements(ctx, _owners(ctx))
    if as_json:
        answer(row)
    tell(
        f"statement : PDF {row['pdf_ms']:.0f} ms, Excel {row['xlsx_ms']:.0f} ms, chiffres "
        f"{row['figures_ms']:.0f} ms de processeur ; {row['grown_mb']:.0f} Mo pour {row['size']}"
    )


def _measure(name: str, made: Bench) -> dict[str, Any]:
    """Run both ways in turn after a warm-up; return the medians, or the p95 of many pairs."""
    made.ours(), made.reference()
    if made.each:
        ours, reference = (_p95(column) for column in zip(*map(_best, made.each), strict=True))
    else:
        ours, reference = _best((made.ours, made.reference))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "name": name,
        "seconds": round(ours.wall, 6),
        "processor_seconds": round(ours.processor, 6),
        "reference": made.reference.__qualname__.split(".")[0],
        "reference_seconds": round(reference.wall, 6),
        "reference_processor_seconds": round(reference.processor, 6),
        "ratio": round(ours.wall / max(reference.wall, 1e-9), 3),
        "peak_mb": round(peak, 1),
        "size": made.size,
    }


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of a clock, and of every processor that worked."""

    wall: float
    processor: float


def _best(pair: tuple[Callable[[], object], Callable[[], object]]) -> tuple[Spent, Spent]:
    """Return how long each way takes at its median, run in turn."""
    ours, reference = pair
    rounds = [(_spent(ours), _spent(reference)) for _ in range(ROUNDS)]
    mine, theirs = (_ranked(column, 0.5) for column in zip(*rounds, strict=True))
    return mine, theirs


def _p95(spent: Sequence[Spent]) -> Spent:
    return _ranked(spent, 0.95)


def _ranked(spent: Sequence[Spent], share: float) -> Spent:
    """Return what this share of them stays below, of either kind of seconds."""
    at = min(len(spent) - 1, int(share * len(spent)))
    return Spent(*(sorted(getattr(s, name) for s in spent)[at] for name in Spent.__slots__))


def _spent(run: Callable[[], object]) -> Spent:
    wall, processor = time.perf_counter(), time.process_time()
    run()
    return Spent(time.perf_counter() - wall, time.process_time() - processor)


def _owners(ctx: Context) -> list[str]:
    """Return the file codes of the clients who own something, largest first."""
    owned = portfolio.assets_by_contact(ctx).sort("value_eur", descending=True)
    known = contacts.contact_list(ctx, contacts.ContactFilter()).rows
    codes = dict(zip(known["id"], known["file_code"], strict=True))
    return [codes[i] for i in owned["contact_id"] if i in codes]
