"""Somebody else's, deleted, impossible: every reference that is not mine reads as one that never was."""

import re

import polars as pl
import pytest

from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from tests.authorisation import asked, books, matrix

#: Parameters by which one names a client's thing, and whose value may be anybody's.
NAMING = (
    "account_id", "situation_id", "contact_id", "contact_ids", "household_id", "group_id",
    "file_code", "reference", "delivery_id", "waiting_id", "stopped_id", "takeover_id",
    "document_id", "relation_id", "proposal_id", "movement_id",
    "asset_id", "loan_id", "item_id",
)  # fmt: skip
#: Parameters of the firm's own lists: another firm's ids, and impossible ones.
OF_THE_FIRM = (
    "instrument_id",
    "provider_id",
    "alias_id",
    "price_id",
    "agency_id",
    "team_id",
    "user_id",
    "adviser_id",
    "model_id",
)
IMPOSSIBLE = (0, -1, -(2**31), 2**31, 2**53, 2**63 - 1, 2**63, 2**64, 10**30, 999_999)
WORDS = ("", " ", "A9' or '1'='1", "%", "_", "B%", "../A9001", "\x00", "C" * 10_000, "é" * 50, "-1")
#: Nothing is looked up by these: they list, they write inside a write, they may name anybody.
APART = {
    "administration.inside": "a condition, no data",
    "contacts.names_of": "the one question that names people outside the perimeter",
    "documents.kept": "asked by `contacts.paper_ticket`, which checks whose it is",
    "documents.forget": "under a write that takes back what it made itself",
    "documents.forget_of_support": "under a write of `market`, which names the support first",
    "documents.listed_of_support": "asked by `market.support_papers`, which finds the support first",
    "documents.count_of": "a number, asked before a contact is deleted",
    "portfolio.cancel_takeover": "under a write; its accounts are a condition of the query",
    "portfolio.unopen": "under a write; the account is checked, the takeover is its own",
    "portfolio.cancel_delivery": "under a write that `aggregation.cancel` opened and checked",
    "portfolio.record_situations": "under a write of a delivery; its accounts are frames",
    "portfolio.record_movements": "under a write of a delivery; its accounts are frames",
    "market.create_provisional_bulk": "under a write; the provider is the delivery's or the account's",
    "market.euro_fund": "under a write; the provider is the delivery's or the account's",
    "market.instruments_by_alias": "the provider is the delivery's or the account's, never typed",
    "market.price_series": "asked of a support that `market.instrument` gave",
    "market.price_path": "asked of a support that `market.instrument` gave",
    "market.price_source_labels": "asked of a support that `market.instrument` gave",
    "market.price_corrections": "asked of a support that `market.instrument` gave",
}


def foreign(name: str, theirs, own, gone: int) -> list:
    """Values of a parameter that the asker must not reach."""
    if name in {"file_code", "reference"}:
        return [theirs, theirs.lower(), f" {theirs} ", f"{theirs[:2]}003", *WORDS]
    if name == "contact_ids":
        return [theirs, [*own, *theirs], [gone], *([i] for i in IMPOSSIBLE)]
    return [theirs, *([gone] if name == "contact_id" else []), *IMPOSSIBLE]


def never(name: str):
    """A reference of the same kind that nothing ever bore."""
    if name in {"file_code", "reference"}:
        return "ZZZZZ"
    return [888_888] if name == "contact_ids" else 888_888


def outcome(function, ctx, given) -> str:
    """What the asker reads: the refusal, nothing at all, or what came back."""
    try:
        with asked.asker(function, ctx) as under:
            answer = function(under, **given)
    except (NotFoundError, InvalidInputError, PermissionDeniedError) as refusal:
        return f"{type(refusal).__name__}: {refusal}"
    except Exception as defect:  # noqa: BLE001 - all are listed at once
        return f"defect: {type(defect).__name__}: {str(defect)[:200]}"
    if isinstance(answer, pl.DataFrame | dict) and not len(answer):
        return "nothing"
    return f"answered: {answer}"


def shape(said: str, value) -> str:
    """A refusal without the reference that was asked for."""
    for part in value if isinstance(value, list) else [value]:
        said = said.replace(part, "") if isinstance(part, str) and part.strip() else said
    return re.sub(r"[\d\s\-]+", " ", said)


def tried(ctx, own: dict, theirs: dict, gone: int, world, book, names) -> tuple[int, list[str]]:
    """Ask every function for each of its references in turn, all else being the asker's own."""
    count, wrong = 0, []
    for full, function in matrix.functions().items():
        given = asked.arguments(function, world, book)
        for name in set(given) & set(names) if full not in APART else ():
            unborn = never(name)
            expected = shape(outcome(function, ctx, given | {name: unborn}), unborn)
            for value in foreign(name, theirs[name], own[name], gone):
                count += 1
                said = outcome(function, ctx, given | {name: value})
                same = shape(said, value) == expected
                if not same or said.startswith(("defect", "answered")):
                    wrong.append(f"{full}({name}={str(value)[:30]!r}) -> {said[:200]} / {expected}")
    return count, wrong


@pytest.mark.parametrize(("login", "other"), [("alice", "bruno"), ("bruno", "alice")])
def test_a_colleague_s_client_reads_as_one_who_never_was(world, login, other):
    """Another adviser's, deleted, negative, beyond 64 bits, text: one answer, no row, no defect."""
    mine, theirs = getattr(world, login), getattr(world, other)
    own, foreign_ = asked.by_name(world, mine), asked.by_name(world, theirs)
    count, wrong = tried(world.of(login), own, foreign_, world.gone, world, mine, NAMING)
    assert not wrong, "\n".join(wrong)
    assert count > 500


def test_another_firm_s_records_read_as_ones_that_never_were(world):
    """Even for who sees and may do everything next door: clients, supports, people, places."""
    next_door = books.fill(books.second_firm(world.firm), books.NEXT_DOOR)
    ctx = next_door.firm.operator
    own = asked.by_name(next_door, next_door.alice)
    theirs = asked.by_name(world, world.bruno)
    count, wrong = tried(
        ctx, own, theirs, world.gone, next_door, next_door.alice, (*NAMING, *OF_THE_FIRM)
    )
    assert not wrong, "\n".join(wrong)
    assert count > 700
