"""Accounts, movements, situations, valuation and holdings."""

from o2s_core.portfolio.account_changes import (
    AccountRef,
    add_account,
    delete_account,
    edit_account,
    purge_account,
    reassign_account,
)
from o2s_core.portfolio.account_forms import ACCOUNT_FORM, AccountForm, account_schema
from o2s_core.portfolio.accounts import ACCOUNTS, AccountCard, HolderCard, account, accounts
from o2s_core.portfolio.assets import (
    ASSETS,
    BY_CONTACT,
    assets,
    assets_by,
    assets_by_contact,
    total_assets,
)
from o2s_core.portfolio.breakdowns import AXES, BREAKDOWN
from o2s_core.portfolio.cancelling import Cancelled, cancel_delivery, cancel_takeover
from o2s_core.portfolio.corporate_actions import (
    CORPORATE_ACTION_LEGS,
    CORPORATE_ACTIONS,
    CorporateAction,
    corporate_action_legs,
    record_corporate_action,
    undo_corporate_action,
)
from o2s_core.portfolio.counting import EXCLUDED, HOLDINGS
from o2s_core.portfolio.daily_values import DailyValues, daily_values
from o2s_core.portfolio.envelopes import ENVELOPES, MANAGEMENT_MODES, envelope_label
from o2s_core.portfolio.holders import RIGHTS, ROLES, HolderShare, share_problem
from o2s_core.portfolio.holdings import (
    ACCOUNT_TOTALS,
    OWNERS,
    Holdings,
    holdings,
    holdings_of_account,
)
from o2s_core.portfolio.invariants import INVARIANTS
from o2s_core.portfolio.known_accounts import (
    KnownAccount,
    known_accounts,
    posted_keys,
    put_account_back,
    situation_hashes,
    unopen,
)
from o2s_core.portfolio.movement_kinds import MOVEMENT_KINDS, kind_label
from o2s_core.portfolio.movements import (
    MOVEMENTS,
    MovementFilter,
    movements,
    movements_of_account,
)
from o2s_core.portfolio.overrides import (
    OVERRIDABLE,
    OVERRIDES,
    OverrideForm,
    end_override,
    override,
    overrides,
)
from o2s_core.portfolio.pasted import Pasted, PastedProblem, cells_of, pasted, typed_lines
from o2s_core.portfolio.performance import (
    FLOW_LABELS,
    METHODS,
    PERIODS,
    Performance,
    by_month,
    by_year,
    drawdowns,
    performance,
    start_of,
)
from o2s_core.portfolio.posting import MOVEMENT_INPUT, MovementsRecorded, record_movements
from o2s_core.portfolio.price_coverage import (
    AGES,
    BY_KIND,
    COVERED,
    MISSING,
    PriceCoverage,
    price_coverage,
)
from o2s_core.portfolio.projections import CURRENT_LINES, PROJECTION
from o2s_core.portfolio.recording import (
    LINE_INPUT,
    SITUATION_INPUT,
    SituationsRecorded,
    record_situations,
)
from o2s_core.portfolio.situation_forms import (
    SituationCheck,
    SituationForm,
    TypedLine,
    checked,
)
from o2s_core.portfolio.situations import (
    DELIVERED,
    DIFFERENCE,
    LINES,
    SITUATIONS,
    SituationView,
    delivered_situations,
    situation,
    situations,
)
from o2s_core.portfolio.typed_situations import check_situation, type_situation
from o2s_core.portfolio.value_series import VALUE_SERIES, ValueHistory, value_series

PROJECTIONS = (PROJECTION,)

__all__ = [
    "ACCOUNTS",
    "ACCOUNT_FORM",
    "ACCOUNT_TOTALS",
    "AGES",
    "ASSETS",
    "AXES",
    "BREAKDOWN",
    "BY_CONTACT",
    "BY_KIND",
    "CORPORATE_ACTIONS",
    "CORPORATE_ACTION_LEGS",
    "COVERED",
    "CURRENT_LINES",
    "DELIVERED",
    "DIFFERENCE",
    "ENVELOPES",
    "EXCLUDED",
    "FLOW_LABELS",
    "HOLDINGS",
    "INVARIANTS",
    "LINES",
    "LINE_INPUT",
    "MANAGEMENT_MODES",
    "METHODS",
    "MISSING",
    "MOVEMENTS",
    "MOVEMENT_INPUT",
    "MOVEMENT_KINDS",
    "OVERRIDABLE",
    "OVERRIDES",
    "OWNERS",
    "PERIODS",
    "PROJECTIONS",
    "RIGHTS",
    "ROLES",
    "SITUATIONS",
    "SITUATION_INPUT",
    "VALUE_SERIES",
    "AccountCard",
    "AccountForm",
    "AccountRef",
    "Cancelled",
    "CorporateAction",
    "DailyValues",
    "HolderCard",
    "HolderShare",
    "Holdings",
    "KnownAccount",
    "MovementFilter",
    "MovementsRecorded",
    "OverrideForm",
    "Pasted",
    "PastedProblem",
    "Performance",
    "PriceCoverage",
    "SituationCheck",
    "SituationForm",
    "SituationView",
    "SituationsRecorded",
    "TypedLine",
    "ValueHistory",
    "account",
    "account_schema",
    "accounts",
    "add_account",
    "assets",
    "assets_by",
    "assets_by_contact",
    "by_month",
    "by_year",
    "cancel_delivery",
    "cancel_takeover",
    "cells_of",
    "check_situation",
    "checked",
    "corporate_action_legs",
    "daily_values",
    "delete_account",
    "delivered_situations",
    "drawdowns",
    "edit_account",
    "end_override",
    "envelope_label",
    "holdings",
    "holdings_of_account",
    "kind_label",
    "known_accounts",
    "movements",
    "movements_of_account",
    "override",
    "overrides",
    "pasted",
    "performance",
    "posted_keys",
    "price_coverage",
    "purge_account",
    "put_account_back",
    "reassign_account",
    "record_corporate_action",
    "record_movements",
    "record_situations",
    "share_problem",
    "situation",
    "situation_hashes",
    "situations",
    "start_of",
    "total_assets",
    "type_situation",
    "typed_lines",
    "undo_corporate_action",
    "unopen",
    "value_series",
]
