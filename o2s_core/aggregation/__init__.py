"""From a partner's file to situations and movements, with the origin of each figure.

The names are looked up when they are first used: a parser of untrusted files
starts in a process of its own, and needs none of the store.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from o2s_core.aggregation.attaching import (
        TO_ATTACH,
        Waiting,
        accounts_to_attach,
        attach,
        attach_all,
        attach_to_contact,
        attach_to_new_contact,
        ignore,
        waiting,
    )
    from o2s_core.aggregation.cancelling import (
        Taken,
        cancel,
    )
    from o2s_core.aggregation.exporting import (
        export_accounts,
    )
    from o2s_core.aggregation.feed.calendar import (
        FEED_STATES,
        FREQUENCIES,
    )
    from o2s_core.aggregation.feed.catalogue import (
        FEEDS,
        declared_feeds,
        feeds,
        feeds_by_state,
        feeds_matching,
    )
    from o2s_core.aggregation.feed.editing import (
        TOLERANCE_FORM,
        FeedCard,
        declare_feed,
        edit_feed,
        feed_card,
        feed_schema,
        set_tolerances,
    )
    from o2s_core.aggregation.feed.forms import (
        FeedForm,
    )
    from o2s_core.aggregation.feed.tolerances import (
        Tolerances,
        typed_tolerances,
    )
    from o2s_core.aggregation.inbox import (
        inbox_watch,
    )
    from o2s_core.aggregation.incidents.following import (
        follow_alerts,
    )
    from o2s_core.aggregation.incidents.kinds import (
        ALERT_KINDS,
        ALERT_STATES,
    )
    from o2s_core.aggregation.incidents.listing import (
        ALERTS,
        alerts,
        dismiss_alert,
        take_alert,
    )
    from o2s_core.aggregation.jobs import (
        HANDLERS,
        LARGE,
        UPLOADS,
        receive_later,
        resume,
        uploads_under_way,
    )
    from o2s_core.aggregation.mapping_versions import (
        MAPPINGS,
        VERSIONS,
        MappingCard,
        MappingRef,
        mapping_card,
        mapping_template,
        mapping_templates,
        mappings,
        save_mapping,
    )
    from o2s_core.aggregation.novelties import (
        Notification,
        ToImport,
        mark_seen,
        news,
        to_import,
    )
    from o2s_core.aggregation.pickup.picking import (
        SourceTrial,
        pick_up_later,
        try_source,
    )
    from o2s_core.aggregation.pickup.sources import (
        AUTHS,
        SOURCE_FORM,
        SourceCard,
        SourceForm,
        feed_source,
        save_source,
    )
    from o2s_core.aggregation.proposals import (
        Proposal,
    )
    from o2s_core.aggregation.provenance import (
        Origin,
        TakenOver,
        origin,
        taken_over,
    )
    from o2s_core.aggregation.quarantine import (
        accept,
        accept_fund,
        reject,
        reject_fund,
        retry,
    )
    from o2s_core.aggregation.received import (
        ANOMALY_ROWS,
        DELIVERIES,
        DELIVERY_ACCOUNTS,
        RAW_ROWS,
        STEPS,
        DeliveryCard,
        DeliveryFilter,
        anomalies,
        deliveries,
        delivery,
        raw_rows,
        severities,
    )
    from o2s_core.aggregation.receiving import receive, receive_files
    from o2s_core.aggregation.reconciliation.correcting import correct_position, end_correction
    from o2s_core.aggregation.reconciliation.deciding import (
        accept_break,
        assign,
        explain,
    )
    from o2s_core.aggregation.reconciliation.explaining import (
        action_legs,
        explain_by_action,
        proposed_action,
        undo_action,
    )
    from o2s_core.aggregation.reconciliation.listing import (
        BREAK_CODES,
        BREAK_STATES,
        BREAKS,
        BreakCard,
        BreakFilter,
        account_breaks,
        break_card,
        break_counts,
        breaks,
    )
    from o2s_core.aggregation.reconciliation.proposals import (
        PROPOSALS,
    )
    from o2s_core.aggregation.remapping import (
        REMAPPING,
        Remapped,
        remap,
    )
    from o2s_core.aggregation.replaying.asking import (
        REPLAY_CHANGES,
        REPLAYED_ACCOUNTS,
        ReplayRun,
        last_replay,
        replay_later,
    )
    from o2s_core.aggregation.replaying.running import (
        Replayed,
        replay,
    )
    from o2s_core.aggregation.report import (
        ACCOUNT_STATES,
        DELIVERY_STATES,
        SEVERITIES,
        DeliveryReport,
    )
    from o2s_core.aggregation.routing.routes import (
        ROUTE_STATES,
        ROUTES,
        TO_ROUTE,
        RouteCard,
        RouteForm,
        broker_route,
        broker_routes,
        codes_to_route,
        edit_route,
        route_code,
        route_schema,
    )
    from o2s_core.aggregation.standing import (
        PARTNERS,
        STATES,
        Overview,
        overview,
    )
    from o2s_core.aggregation.takeover.committing import (
        commit_takeover,
    )
    from o2s_core.aggregation.takeover.jobs import (
        rehearse_takeover_later,
        stop_takeover,
        takeover_job,
    )
    from o2s_core.aggregation.takeover.matching import (
        TAKEOVER_SOURCES,
        TakeoverMatching,
    )
    from o2s_core.aggregation.takeover.opening import (
        TAKEOVERS,
        FileCard,
        TakeoverCard,
        add_export,
        decide_client,
        delete_takeover,
        open_takeover,
        remove_export,
        save_matching,
        takeover_card,
        takeovers,
    )
    from o2s_core.aggregation.takeover.previewing import (
        ExportPreview,
        export_preview,
        value_choices,
    )
    from o2s_core.aggregation.takeover.rehearsing import (
        rehearse_takeover,
        takeover_report,
    )
    from o2s_core.aggregation.takeover.report import (
        TakeoverReport,
    )
    from o2s_core.aggregation.takeover.report_file import (
        takeover_workbook,
        takeover_workbook_ticket,
    )
    from o2s_core.aggregation.takeover.undoing import (
        TAKEOVER_OUTCOME,
        TAKEOVER_UNIT_STATES,
        takeover_outcome,
        undo_takeover,
    )
    from o2s_core.aggregation.trials import (
        Recognition,
        Trial,
        recognise,
        sample,
        samples,
        try_mapping,
    )

#: Module -> the public names that it holds.
_PLACES: Final = {
    "incidents.following": ("follow_alerts",),
    "incidents.kinds": (
        "ALERT_KINDS",
        "ALERT_STATES",
    ),
    "incidents.listing": (
        "ALERTS",
        "alerts",
        "dismiss_alert",
        "take_alert",
    ),
    "attaching": (
        "TO_ATTACH",
        "Waiting",
        "accounts_to_attach",
        "attach",
        "attach_all",
        "attach_to_contact",
        "attach_to_new_contact",
        "ignore",
        "waiting",
    ),
    "cancelling": (
        "Taken",
        "cancel",
    ),
    "exporting": ("export_accounts",),
    "feed.calendar": (
        "FEED_STATES",
        "FREQUENCIES",
    ),
    "feed.editing": (
        "TOLERANCE_FORM",
        "FeedCard",
        "declare_feed",
        "edit_feed",
        "feed_card",
        "feed_schema",
        "set_tolerances",
    ),
    "feed.forms": ("FeedForm",),
    "feed.tolerances": (
        "Tolerances",
        "typed_tolerances",
    ),
    "feed.catalogue": (
        "FEEDS",
        "declared_feeds",
        "feeds",
        "feeds_by_state",
        "feeds_matching",
    ),
    "inbox": ("inbox_watch",),
    "jobs": (
        "HANDLERS",
        "LARGE",
        "UPLOADS",
        "receive_later",
        "resume",
        "uploads_under_way",
    ),
    "mapping_versions": (
        "MAPPINGS",
        "VERSIONS",
        "MappingCard",
        "MappingRef",
        "mapping_card",
        "mapping_template",
        "mapping_templates",
        "mappings",
        "save_mapping",
    ),
    "novelties": (
        "Notification",
        "ToImport",
        "mark_seen",
        "news",
        "to_import",
    ),
    "routing.routes": (
        "ROUTE_STATES",
        "ROUTES",
        "TO_ROUTE",
        "RouteCard",
        "RouteForm",
        "broker_route",
        "broker_routes",
        "codes_to_route",
        "edit_route",
        "route_code",
        "route_schema",
    ),
    "standing": (
        "PARTNERS",
        "STATES",
        "Overview",
        "overview",
    ),
    "pickup.picking": (
        "SourceTrial",
        "pick_up_later",
        "try_source",
    ),
    "pickup.sources": (
        "AUTHS",
        "SOURCE_FORM",
        "SourceCard",
        "SourceForm",
        "feed_source",
        "save_source",
    ),
    "proposals": ("Proposal",),
    "provenance": (
        "Origin",
        "TakenOver",
        "origin",
        "taken_over",
    ),
    "quarantine": (
        "accept",
        "accept_fund",
        "reject",
        "reject_fund",
        "retry",
    ),
    "received": (
        "ANOMALY_ROWS",
        "DELIVERIES",
        "DELIVERY_ACCOUNTS",
        "RAW_ROWS",
        "STEPS",
        "DeliveryCard",
        "DeliveryFilter",
        "anomalies",
        "deliveries",
        "delivery",
        "raw_rows",
        "severities",
    ),
    "receiving": (
        "receive",
        "receive_files",
    ),
    "report": (
        "ACCOUNT_STATES",
        "DELIVERY_STATES",
        "SEVERITIES",
        "DeliveryReport",
    ),
    "takeover.committing": ("commit_takeover",),
    "takeover.jobs": (
        "rehearse_takeover_later",
        "stop_takeover",
        "takeover_job",
    ),
    "takeover.matching": (
        "TAKEOVER_SOURCES",
        "TakeoverMatching",
    ),
    "takeover.opening": (
        "TAKEOVERS",
        "FileCard",
        "TakeoverCard",
        "add_export",
        "decide_client",
        "delete_takeover",
        "open_takeover",
        "remove_export",
        "save_matching",
        "takeover_card",
        "takeovers",
    ),
    "takeover.rehearsing": (
        "rehearse_takeover",
        "takeover_report",
    ),
    "takeover.report": ("TakeoverReport",),
    "takeover.undoing": (
        "TAKEOVER_OUTCOME",
        "TAKEOVER_UNIT_STATES",
        "takeover_outcome",
        "undo_takeover",
    ),
    "takeover.previewing": (
        "ExportPreview",
        "export_preview",
        "value_choices",
    ),
    "takeover.report_file": (
        "takeover_workbook",
        "takeover_workbook_ticket",
    ),
    "trials": (
        "Recognition",
        "Trial",
        "recognise",
        "sample",
        "samples",
        "try_mapping",
    ),
    "replaying.asking": (
        "REPLAYED_ACCOUNTS",
        "REPLAY_CHANGES",
        "ReplayRun",
        "last_replay",
        "replay_later",
    ),
    "replaying.running": (
        "Replayed",
        "replay",
    ),
    "remapping": (
        "REMAPPING",
        "Remapped",
        "remap",
    ),
    "reconciliation.listing": (
        "BREAKS",
        "BREAK_CODES",
        "BREAK_STATES",
        "BreakCard",
        "BreakFilter",
        "account_breaks",
        "break_card",
        "break_counts",
        "breaks",
    ),
    "reconciliation.correcting": (
        "correct_position",
        "end_correction",
    ),
    "reconciliation.deciding": (
        "accept_break",
        "assign",
        "explain",
    ),
    "reconciliation.explaining": (
        "action_legs",
        "explain_by_action",
        "proposed_action",
        "undo_action",
    ),
    "reconciliation.proposals": ("PROPOSALS",),
}
_OWNERS: Final = {name: module for module, names in _PLACES.items() for name in names}

__all__ = [
    "ACCOUNT_STATES",
    "ALERTS",
    "ALERT_KINDS",
    "ALERT_STATES",
    "ANOMALY_ROWS",
    "AUTHS",
    "BREAKS",
    "BREAK_CODES",
    "BREAK_STATES",
    "DELIVERIES",
    "DELIVERY_ACCOUNTS",
    "DELIVERY_STATES",
    "FEEDS",
    "FEED_STATES",
    "FREQUENCIES",
    "HANDLERS",
    "LARGE",
    "MAPPINGS",
    "PARTNERS",
    "PROPOSALS",
    "RAW_ROWS",
    "REMAPPING",
    "REPLAYED_ACCOUNTS",
    "REPLAY_CHANGES",
    "ROUTES",
    "ROUTE_STATES",
    "SEVERITIES",
    "SOURCE_FORM",
    "STATES",
    "STEPS",
    "TAKEOVERS",
    "TAKEOVER_OUTCOME",
    "TAKEOVER_SOURCES",
    "TAKEOVER_UNIT_STATES",
    "TOLERANCE_FORM",
    "TO_ATTACH",
    "TO_ROUTE",
    "UPLOADS",
    "VERSIONS",
    "BreakCard",
    "BreakFilter",
    "DeliveryCard",
    "DeliveryFilter",
    "DeliveryReport",
    "ExportPreview",
    "FeedCard",
    "FeedForm",
    "FileCard",
    "MappingCard",
    "MappingRef",
    "Notification",
    "Origin",
    "Overview",
    "Proposal",
    "Recognition",
    "Remapped",
    "ReplayRun",
    "Replayed",
    "RouteCard",
    "RouteForm",
    "SourceCard",
    "SourceForm",
    "SourceTrial",
    "Taken",
    "TakenOver",
    "TakeoverCard",
    "TakeoverMatching",
    "TakeoverReport",
    "ToImport",
    "Tolerances",
    "Trial",
    "Waiting",
    "accept",
    "accept_break",
    "accept_fund",
    "account_breaks",
    "accounts_to_attach",
    "action_legs",
    "add_export",
    "alerts",
    "anomalies",
    "assign",
    "attach",
    "attach_all",
    "attach_to_contact",
    "attach_to_new_contact",
    "break_card",
    "break_counts",
    "breaks",
    "broker_route",
    "broker_routes",
    "cancel",
    "codes_to_route",
    "commit_takeover",
    "correct_position",
    "decide_client",
    "declare_feed",
    "declared_feeds",
    "delete_takeover",
    "deliveries",
    "delivery",
    "dismiss_alert",
    "edit_feed",
    "edit_route",
    "end_correction",
    "explain",
    "explain_by_action",
    "export_accounts",
    "export_preview",
    "feed_card",
    "feed_schema",
    "feed_source",
    "feeds",
    "feeds_by_state",
    "feeds_matching",
    "follow_alerts",
    "ignore",
    "inbox_watch",
    "last_replay",
    "mapping_card",
    "mapping_template",
    "mapping_templates",
    "mappings",
    "mark_seen",
    "news",
    "open_takeover",
    "origin",
    "overview",
    "pick_up_later",
    "proposed_action",
    "raw_rows",
    "receive",
    "receive_files",
    "receive_later",
    "recognise",
    "rehearse_takeover",
    "rehearse_takeover_later",
    "reject",
    "reject_fund",
    "remap",
    "remove_export",
    "replay",
    "replay_later",
    "resume",
    "retry",
    "route_code",
    "route_schema",
    "sample",
    "samples",
    "save_mapping",
    "save_matching",
    "save_source",
    "set_tolerances",
    "severities",
    "stop_takeover",
    "take_alert",
    "taken_over",
    "takeover_card",
    "takeover_job",
    "takeover_outcome",
    "takeover_report",
    "takeover_workbook",
    "takeover_workbook_ticket",
    "takeovers",
    "to_import",
    "try_mapping",
    "try_source",
    "typed_tolerances",
    "undo_action",
    "undo_takeover",
    "uploads_under_way",
    "value_choices",
    "waiting",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Find a public name in the module that holds it."""
    if name not in _OWNERS:
        raise AttributeError(name)
    return getattr(import_module(f"o2s_core.aggregation.{_OWNERS[name]}"), name)
