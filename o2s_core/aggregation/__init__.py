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
    from o2s_core.aggregation.feeds import FEEDS, FREQUENCIES, feeds
    from o2s_core.aggregation.proposals import Proposal
    from o2s_core.aggregation.receiving import receive, receive_files
    from o2s_core.aggregation.report import (
        ACCOUNT_STATES,
        DELIVERY_STATES,
        SEVERITIES,
        DeliveryReport,
    )

#: Module -> the public names that it holds.
_PLACES: Final = {
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
    "feeds": ("FEEDS", "FREQUENCIES", "feeds"),
    "proposals": ("Proposal",),
    "receiving": ("receive", "receive_files"),
    "report": ("ACCOUNT_STATES", "DELIVERY_STATES", "SEVERITIES", "DeliveryReport"),
}
_OWNERS: Final = {name: module for module, names in _PLACES.items() for name in names}

__all__ = [
    "ACCOUNT_STATES",
    "DELIVERY_STATES",
    "FEEDS",
    "FREQUENCIES",
    "SEVERITIES",
    "TO_ATTACH",
    "DeliveryReport",
    "Proposal",
    "Waiting",
    "accounts_to_attach",
    "attach",
    "attach_all",
    "attach_to_contact",
    "attach_to_new_contact",
    "feeds",
    "ignore",
    "receive",
    "receive_files",
    "waiting",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Find a public name in the module that holds it."""
    if name not in _OWNERS:
        raise AttributeError(name)
    return getattr(import_module(f"o2s_core.aggregation.{_OWNERS[name]}"), name)
