"""The window that says whose an unknown account is: proposals first, then every other way."""

from typing import Final

import streamlit as st

from o2s_core import aggregation, contacts, portfolio
from o2s_core.contacts import ContactForm, PossibleDuplicateError, vocabulary
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import boundary, session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import empty, facts, section
from o2s_core.ui.forms import finished, form, once, saving
from o2s_core.ui.messages import flash
from o2s_core.ui.navigation import go, link

PROPOSED: Final = "Propositions"
CLIENT: Final = "Contact existant"
ACCOUNT: Final = "Compte existant"
NEW: Final = "Nouveau contact"
IGNORED: Final = "Ignorer toujours"
REASON: Final = FormSchema(
    "Motif", (FormField("reason", "Motif", "long_text", required=True, maximum=500),)
)
STAGES: Final = {code: vocabulary.STAGES[code] for code in ("client", "prospect")}


@dialog("Rattacher un compte", width="large", side=True)
def attach_account(waiting_id: int) -> None:
    """Say whose an account is; every delivery that waits for it is committed."""
    ctx = session.context()
    card = aggregation.waiting(ctx, waiting_id)
    facts(
        [
            ("Numéro dans le fichier", card.external_id or "sans numéro"),
            ("Titulaire dans le fichier", card.holder),
            ("Libellé", card.label),
            ("Enveloppe", portfolio.envelope_label(card.envelope)),
        ]
    )
    ways = [PROPOSED, CLIENT, ACCOUNT, NEW, IGNORED]
    if not ctx.may(Permission.CONTACT_WRITE):
        ways.remove(NEW)
    start = PROPOSED if card.proposals else NEW if NEW in ways else CLIENT
    chosen = st.segmented_control(
        "Façon de rattacher",
        ways,
        default=start,
        required=True,
        key=f"attach_way_{waiting_id}",
        label_visibility="collapsed",
    )
    match chosen or start:
        case "Propositions":
            _proposals(ctx, card)
        case "Contact existant":
            _contact(ctx, card)
        case "Compte existant":
            _account(ctx, card)
        case "Nouveau contact":
            _new_contact(ctx, card)
        case _:
            _ignore(ctx, card)


def _proposals(ctx: Context, card: aggregation.Waiting) -> None:
    if not card.proposals:
        empty("Aucun contact ne ressemble à ce titulaire.", "Choisissez une autre façon.")
    for proposal in card.proposals:
        kind = "Compte" if proposal.kind == "account" else "Ouvrir un compte pour"
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{kind} {proposal.label}**  \n"
                f":small[{french.percent(proposal.score, 0)} · {', '.join(proposal.reasons)}]"
            )
            st.space("stretch")
            key = f"proposal_{card.id}_{proposal.kind}_{proposal.id}"
            if st.button("Rattacher", key=key, type="primary"):
                with saving(f"attach_{card.id}", "Compte rattaché et validé."):
                    if proposal.kind == "account":
                        aggregation.attach(ctx, card.id, proposal.id)
                    else:
                        aggregation.attach_to_contact(ctx, card.id, proposal.id)


def _opening(card: aggregation.Waiting) -> FormSchema:
    """Return what is asked of the account that opens."""
    return FormSchema(
        "Compte",
        (
            FormField("label", "Intitulé du compte", hint=card.label),
            FormField("envelope", "Enveloppe", "choice", choices=portfolio.ENVELOPES),
        ),
    )


def _told(card: aggregation.Waiting) -> dict[str, str | None]:
    known = card.envelope if card.envelope in portfolio.ENVELOPES else None
    return {"label": card.label, "envelope": known}


def _contact(ctx: Context, card: aggregation.Waiting) -> None:
    """Open the account for somebody who is already in the directory."""
    section("Ouvrir le compte pour un contact")
    known = {ref.id: ref.label for ref in contacts.people(ctx)}
    contact_id = st.selectbox(
        "Contact",
        list(known),
        index=None,
        format_func=lambda i: known[i],
        placeholder="Nom ou code de dossier",
        key=f"attach_contact_{card.id}",
    )
    key = f"attach_open_{card.id}"
    values = form(_opening(card), key=key, defaults=_told(card), submit="Ouvrir et rattacher")
    if values is None:
        return
    if contact_id is None:
        st.error("Veuillez renseigner : Contact.", icon=":material/edit_note:")
        return
    with saving(key, "Compte ouvert, rattaché et validé."):
        aggregation.attach_to_contact(
            ctx, card.id, contact_id, label=values["label"] or "", envelope=values["envelope"] or ""
        )


def _account(ctx: Context, card: aggregation.Waiting) -> None:
    """Attach to an account that exists under another number."""
    section("Rattacher à un compte qui existe")
    known = {ref.file_code: ref.label for ref in contacts.people(ctx)}
    code = st.selectbox(
        "Titulaire",
        list(known),
        index=None,
        format_func=lambda c: known[c],
        placeholder="Nom ou code de dossier",
        key=f"attach_holder_{card.id}",
    )
    if code is None:
        return
    rows = portfolio.accounts(ctx, contacts.scope(ctx, "contact", code))
    labels = {r["account_id"]: f"{r['label']}, n° {r['number']}" for r in rows.to_dicts()}
    account_id = st.selectbox(
        "Compte",
        list(labels),
        index=None,
        format_func=lambda i: labels[i],
        placeholder="Choisissez le compte" if labels else "Ce contact n'a aucun compte",
        key=f"attach_account_{card.id}_{code}",
    )
    if st.button("Rattacher", type="primary", disabled=account_id is None) and account_id:
        with saving(f"attach_{card.id}", "Compte rattaché et validé."):
            aggregation.attach(ctx, card.id, account_id)


def _new_contact(ctx: Context, card: aggregation.Waiting) -> None:
    """Create the client whom the file announces, with the account (S-021, S-022)."""
    section("Créer le contact et son compte")
    kind = card.person.kind or "person"
    advisers = contacts.adviser_choices(ctx)
    me = str(ctx.user_id)
    alone = next(iter(advisers)) if len(advisers) == 1 else None
    schema = contacts.creation_schema(kind, advisers)
    asked = FormSchema(schema.title, (*schema.fields, *_opening(card).fields))
    key = f"attach_new_{card.id}"
    place = st.container()
    with place:
        confirmed = _warned(key)
    defaults = card.person.values() | _told(card)
    routed = str(card.person.adviser_id or "")
    defaults["adviser_id"] = next((i for i in (routed, me) if i in advisers), alone)
    values = form(asked, key=key, defaults=defaults, submit="Créer et rattacher")
    if values is None:
        return
    label, envelope = values.pop("label") or "", values.pop("envelope") or ""
    person = ContactForm.of({**values, "kind": kind})
    with place, boundary.errors():
        try:
            report = aggregation.attach_to_new_contact(
                ctx, card.id, person, label=label, envelope=envelope,
                confirm_duplicates=confirmed, key=once(key),
            )  # fmt: skip
        except PossibleDuplicateError as error:
            if f"{key}_alike" not in st.session_state:
                st.session_state[f"{key}_alike"] = error.found
                _warned(key)
            return
        st.session_state.pop(f"{key}_alike", None)
        finished(key)
        flash("Contact créé, compte rattaché et validé.")
        go(link("livraison", livraison=report.delivery_id))


def _warned(key: str) -> bool:
    """Show who looks like the person; return whether it is confirmed to be somebody else."""
    found: tuple[contacts.Duplicate, ...] = st.session_state.get(f"{key}_alike", ())
    if not found:
        return False
    listed = "\n".join(f"- **{d.contact.label}** : {', '.join(d.reasons)}" for d in found)
    st.warning(f"Ce contact existe peut-être déjà :\n{listed}", icon=":material/group:")
    return st.checkbox("C'est une autre personne : créer quand même", key=f"{key}_other")


def _ignore(ctx: Context, card: aggregation.Waiting) -> None:
    section("Ignorer ce numéro")
    st.write("Les livraisons suivantes de ce numéro seront ignorées, chez ce partenaire.")
    key = f"attach_ignore_{card.id}"
    values = form(REASON, key=key, submit="Ignorer toujours", columns=1)
    if values is not None:
        with saving(key, "Numéro ignoré."):
            aggregation.ignore(ctx, card.id, values["reason"])
