"""The windows about a broker code: say whom it stands for, change it, end it."""

from o2s_core import aggregation
from o2s_core.aggregation import RouteForm
from o2s_core.ui import session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import form, once, opened_version, saving


@dialog("Attribuer un code courtier")
def route_code(provider_id: int | None = None, code: str = "") -> None:
    """Ask which adviser or agency receives the accounts of a code."""
    ctx = session.context()
    key = f"route_{provider_id}_{code}"
    known = RouteForm(provider_id, code).values() | {"to": None}
    values = form(
        aggregation.route_schema(ctx), key=key, defaults=known, submit="Attribuer", cancel=True
    )
    if values is not None:
        with saving(key, "Code attribué : les comptes en attente y vont."):
            aggregation.route_code(ctx, RouteForm.typed(values), key=once(key))


@dialog("Code courtier")
def edit_route(route_id: int) -> None:
    """Change whom a code stands for, or until when."""
    ctx = session.context()
    card = aggregation.broker_route(ctx, route_id)
    key = f"route_{card.id}"
    values = form(
        aggregation.route_schema(ctx), key=key, defaults=card.form.values(), version=card.version,
        cancel=True,
    )  # fmt: skip
    if values is not None:
        with saving(key, "Code enregistré."):
            aggregation.edit_route(ctx, card.id, RouteForm.typed(values), opened_version(key))
