"""What a takeover would do, from its exports and what the firm has today."""

from collections import defaultdict
from collections.abc import Callable

from o2s_core import administration, store
from o2s_core.aggregation.statement import Refusal
from o2s_core.aggregation.takeover.facts import compare_facts
from o2s_core.aggregation.takeover.opening import FileCard, TakeoverCard
from o2s_core.aggregation.takeover.plan import Plan
from o2s_core.aggregation.takeover.planned_bonds import plan_bonds
from o2s_core.aggregation.takeover.planned_clients import plan_clients, refused_rows
from o2s_core.aggregation.takeover.planned_contracts import plan_contracts
from o2s_core.aggregation.takeover.planned_facts import plan_facts
from o2s_core.aggregation.takeover.planned_papers import plan_papers
from o2s_core.aggregation.takeover.records import Records, records_of
from o2s_core.aggregation.takeover.tables import unpack
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FeedError
from o2s_core.kernel.identifiers import search_key

Said = Callable[[str], None]


def plan_of(ctx: Context, card: TakeoverCard, say: Said = lambda _: None) -> Plan:
    """Return what a takeover would do now; nothing is stored. `say` hears each step."""
    plan = Plan()
    read: dict[str, list[tuple[FileCard, Records]]] = defaultdict(list)
    unknown = {}
    advisers = adviser_ids(ctx)
    for file in card.files:
        if file.kind == "archive":
            continue
        say(f"Lecture de {file.file_name}…")
        records = read_export(ctx, file, advisers)
        read[file.kind].append((file, records))
        unknown[file.id] = records.unknown
        refused_rows(plan, file, records)
    plan.unknown = unknown
    say("Comparaison avec les dossiers…")
    plan_clients(ctx, card, plan, read["contacts"])
    plan_bonds(ctx, plan, read["relations"])
    providers = plan_contracts(ctx, plan, read["accounts"])
    say("Comparaison des mouvements et situations…")
    plan_facts(ctx, plan, read, providers)
    compare_facts(ctx, plan)
    archives = [file for file in card.files if file.kind == "archive"]
    plan_papers(ctx, plan, read["documents"], archives)
    return plan


def read_export(ctx: Context, file: FileCard, advisers: dict[str, int]) -> Records:
    """Return what an export says, by its columns as they are matched."""
    table = unpack(store.blob(ctx, file.table_blob))
    if isinstance(table, Refusal):
        raise FeedError(table.message)
    return records_of(table, file.kind, file.matching, advisers)


def adviser_ids(ctx: Context) -> dict[str, int]:
    """Return the advisers of the perimeter by their name, either way round, and their login."""
    found: dict[str, int] = {}
    for adviser in administration.advisers(ctx):
        words = search_key(adviser.name)
        first, _, last = words.partition(" ")
        for key in (words, f"{last} {first}".strip(), search_key(adviser.login)):
            found.setdefault(key, adviser.id)
    return found
