"""Accounts, movements, situations, valuation and holdings."""

from o2s_core.portfolio.account_changes import (
    AccountRef,
    add_account,
    delete_account,
    edit_account,
    purge_account,
    reassign_account,
)
from o2s_core.portfolio.account_forms import ACCOUNT_FORM, AccountForm
from o2s_core.portfolio.accounts import ACCOUNTS, AccountCard, HolderCard, account, accounts
from o2s_core.portfolio.breakdowns import AXES, BREAKDOWN
from o2s_core.portfolio.counting import EXCLUDED, HOLDINGS
from o2s_core.portfolio.envelopes import ENVELOPES, MANAGEMENT_MODES, envelope_label
from o2s_core.portfolio.holders import RIGHTS, ROLES, HolderShare, share_problem
from o2s_core.portfolio.holdings import (
    ACCOUNT_TOTALS,
    OWNERS,
    Holdings,
    holdings,
    holdings_of_account,
)
from o2s_core.portfolio.movement_kinds import MOVEMENT_KINDS, kind_label
from o2s_core.portfolio.movements import (
    MOVEMENTS,
    MovementFilter,
    movements,
    movements_of_account,
)

__all__ = [
    "ACCOUNTS",
    "ACCOUNT_FORM",
    "ACCOUNT_TOTALS",
    "AXES",
    "BREAKDOWN",
    "ENVELOPES",
    "EXCLUDED",
    "HOLDINGS",
    "MANAGEMENT_MODES",
    "MOVEMENTS",
    "MOVEMENT_KINDS",
    "OWNERS",
    "RIGHTS",
    "ROLES",
    "AccountCard",
    "AccountForm",
    "AccountRef",
    "HolderCard",
    "HolderShare",
    "Holdings",
    "MovementFilter",
    "account",
    "accounts",
    "add_account",
    "delete_account",
    "edit_account",
    "envelope_label",
    "holdings",
    "holdings_of_account",
    "kind_label",
    "movements",
    "movements_of_account",
    "purge_account",
    "reassign_account",
    "share_problem",
]
