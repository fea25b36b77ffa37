"""Who is in a household or a group: choosing people, and what each is to the others."""

from collections.abc import Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from o2s_core import contacts
from o2s_core.contacts import Member, vocabulary
from o2s_core.kernel.context import Context

#: More people than this in a list would only be scrolled through.
MOST: Final = 500


def pick_members(
    ctx: Context, *, key: str, current: Sequence[Member] = (), households: bool = False
) -> list[int]:
    """Let the person choose contacts by name; return their ids in the order chosen.

    Those outside the perimeter are said, and stay. `households` offers the
    households too (a named group may hold some).
    """
    offered = _offered(ctx, key, current, households=households)
    with st.container(key=f"o2s_required_{key}"):
        chosen = st.multiselect(
            "Membres *",
            list(offered),
            default=[m.id for m in current if m.inside],
            format_func=offered.__getitem__,
            placeholder="Commencez à taper un nom…",
            key=key,
        )
    outside = [m.name for m in current if not m.inside]
    if outside:
        st.caption(f"Hors périmètre, conservés : {', '.join(outside)}.")
    return list(chosen)


def _offered(
    ctx: Context, key: str, current: Sequence[Member], *, households: bool
) -> dict[int, str]:
    """Return who may be chosen, by id; in a large firm a few letters come first."""
    found = contacts.people(ctx, limit=MOST, households=households)
    if len(found) == MOST:
        typed = st.text_input("Chercher une personne ou une société", key=f"{key}_search")
        found = contacts.people(ctx, typed, limit=MOST, households=households)
    chosen = [i for i in st.session_state.get(key, []) if i not in {ref.id for ref in found}]
    known = {m.id: m.contact.label for m in current if m.contact is not None}
    return contacts.names_of(ctx, chosen) | {ref.id: ref.label for ref in found} | known


def pick_roles(
    chosen: Sequence[int], names: dict[int, str], *, key: str, current: Sequence[Member] = ()
) -> tuple[tuple[int, str], ...]:
    """Let the person say what each member of a household is; return contacts with their role.

    The first one chosen is proposed as head, the second as spouse, the others as children.
    """
    known = {m.id: m.role for m in current}
    proposed = ["head", "spouse"]
    roles = list(vocabulary.ROLES)
    found = []
    for place, (box, contact_id) in enumerate(zip(_boxes(len(chosen)), chosen, strict=True)):
        default = known.get(contact_id) or (proposed[place] if place < len(proposed) else "child")
        role = box.selectbox(
            names[contact_id],
            roles,
            index=roles.index(default),
            format_func=vocabulary.ROLES.__getitem__,
            key=f"{key}_role_{contact_id}",
        )
        found.append((contact_id, str(role)))
    return tuple(found)


def _boxes(number: int) -> list[DeltaGenerator]:
    """Return a place for each member, two by two."""
    places: list[DeltaGenerator] = []
    for _ in range(0, number, 2):
        places += st.columns(2)
    return places[:number]
