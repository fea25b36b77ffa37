"""The firm, its people, what they may see and do, and its settings."""

from o2s_core.administration.founding import Initial, init
from o2s_core.administration.identity import (
    AdviserRef,
    UserCard,
    advisers,
    context_as,
    context_of,
    me,
    operator,
)
from o2s_core.administration.perimeters import inside
from o2s_core.administration.profiles import SCOPES, Profile, profile, profiles

__all__ = [
    "SCOPES",
    "AdviserRef",
    "Initial",
    "Profile",
    "UserCard",
    "advisers",
    "context_as",
    "context_of",
    "init",
    "inside",
    "me",
    "operator",
    "profile",
    "profiles",
]
