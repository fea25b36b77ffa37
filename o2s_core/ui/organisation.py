"""The windows of agencies and teams."""

from o2s_core import administration
from o2s_core.administration import AgencyCard, AgencyForm, TeamCard, TeamForm
from o2s_core.ui import session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import form, opened_version, saving


@dialog("Agence", width="small")
def edit_agency(card: AgencyCard | None = None) -> None:
    """Open an agency, or change its name and address."""
    ctx = session.context()
    key = f"agency_{card.id if card else 'new'}"
    known = {"name": card.name, "address": card.address} if card else {}
    version = card.version if card else 0
    values = form(
        administration.AGENCY_FORM, key=key, defaults=known, version=version, columns=1, cancel=True
    )
    if values is None:
        return
    typed = AgencyForm(values["name"], values["address"] or "")
    with saving(key, "Agence enregistrée."):
        if card is None:
            administration.add_agency(ctx, typed)
        else:
            administration.edit_agency(ctx, card.id, typed, opened_version(key))


@dialog("Équipe", width="small")
def edit_team(card: TeamCard | None = None, agency_id: int | None = None) -> None:
    """Make a team, or change its name, its agency, its manager."""
    ctx = session.context()
    key = f"team_{card.id if card else f'new_{agency_id}'}"
    known = {"agency_id": str(agency_id)} if agency_id else {}
    if card is not None:
        manager = str(card.manager_id) if card.manager_id else None
        known = {"name": card.name, "agency_id": str(card.agency_id)}
        known |= {"manager_id": manager} if manager else {}
    schema, version = administration.team_schema(ctx), card.version if card else 0
    values = form(schema, key=key, defaults=known, version=version, columns=1, cancel=True)
    if values is None:
        return
    with saving(key, "Équipe enregistrée."):
        if card is None:
            administration.add_team(ctx, TeamForm.of(values))
        else:
            administration.edit_team(ctx, card.id, TeamForm.of(values), opened_version(key))
