"""What the firm, a team or a user has set, and where each value comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson
from sqlmodel import Session, select

from o2s_core import store
from o2s_core.administration.models import Setting, User
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission

Scope = Literal["firm", "team", "user"]
#: Where a value comes from, as the screen says it; the closest to the user wins.
ORIGINS: Final = {
    "user": "défini par vous",
    "team": "défini par votre équipe",
    "firm": "défini par le cabinet",
    "default": "valeur par défaut",
}


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """A setting: its name on screen, what it takes, who may set it."""

    key: str
    label: str
    module: str
    default: Any
    choices: Mapping[Any, str]
    scopes: tuple[Scope, ...] = ("firm", "team", "user")
    needs: Permission = Permission.SETTINGS_WRITE  #: to set it for the firm
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SettingValue:
    """The value that holds for the user, and who decided it."""

    spec: SettingSpec
    value: Any
    origin: str

    @property
    def origin_label(self) -> str:
        """Return where the value comes from, as the screen says it."""
        return ORIGINS[self.origin]

    @property
    def label(self) -> str:
        """Return the value as the screen shows it."""
        return self.spec.choices.get(self.value, str(self.value))


SETTINGS: Final = {
    spec.key: spec
    for spec in (
        SettingSpec(
            "landing.page",
            "Page d'arrivée",
            "Accueil",
            "accueil",
            {"accueil": "Accueil", "contacts": "Contacts", "outils": "Outils"},
            hint="Ouverte après la connexion, si le profil y donne droit.",
        ),
        SettingSpec(
            "table.page_size",
            "Lignes par page",
            "Tableaux",
            50,
            {20: "20", 50: "50", 100: "100", 200: "200"},
        ),
        SettingSpec(
            "session.idle_minutes",
            "Fermeture après inactivité",
            "Sécurité",
            30,
            {5: "5 minutes", 10: "10 minutes", 15: "15 minutes", 30: "30 minutes"},
            scopes=("firm",),
            needs=Permission.SECURITY_WRITE,
            hint="Vaut pour les sessions ouvertes ensuite.",
        ),
    )
}


def setting(ctx: Context, key: str) -> SettingValue:
    """Return the value that holds for the user, and its origin."""
    ctx.require(Permission.HOME_VIEW)
    spec = _spec(key)
    stored = _stored(ctx)
    for scope in ("user", "team", "firm"):
        if scope in spec.scopes and (scope, key) in stored:
            return SettingValue(spec, stored[scope, key], scope)
    return SettingValue(spec, spec.default, "default")


def all_settings(ctx: Context) -> tuple[SettingValue, ...]:
    """Return every setting with its value and origin, in the order of the screen."""
    ctx.require(Permission.HOME_VIEW)
    return tuple(setting(ctx, key) for key in SETTINGS)


def save_setting(ctx: Context, scope: Scope, key: str, value: Any) -> None:  # noqa: ANN401
    """Set a value for oneself, one's team or the firm; None goes back to what is inherited."""
    ctx.require(Permission.SELF_MANAGE)
    spec = _spec(key)
    ctx.require(_right(spec, scope))
    if scope not in spec.scopes:
        raise InvalidInputError(f"« {spec.label} » ne se règle pas à ce niveau.")
    if value is not None and value not in spec.choices:
        raise InvalidInputError(f"« {spec.label} » : choisissez une valeur de la liste.")
    with store.tx(ctx) as tx:
        owner = _owner(tx.session, ctx, scope)
        row = tx.session.exec(_rows(ctx, scope, owner).where(Setting.key == key)).first()
        before = None if row is None else orjson.loads(row.value)
        _write(tx, row, scope, owner, key, value)
        named = f"{scope}:{owner}:{key}"
        tx.audit("save", "setting", named, before={"value": before}, after={"value": value})
        tx.touch("administration")


def value_for_firm(session: Session, firm_id: int, key: str) -> Any:  # noqa: ANN401
    """Return a value as the firm set it, for what happens before a user is known."""
    query = select(Setting.value).where(
        Setting.firm_id == firm_id, Setting.scope == "firm", Setting.key == key
    )
    found = session.exec(query).first()
    return _spec(key).default if found is None else orjson.loads(found)


def _spec(key: str) -> SettingSpec:
    if key not in SETTINGS:
        raise NotFoundError("Réglage", key)
    return SETTINGS[key]


def _right(spec: SettingSpec, scope: Scope) -> Permission:
    rights = {"user": Permission.SELF_MANAGE, "team": Permission.TEAM_SETTINGS_WRITE}
    return rights.get(scope, spec.needs)


def _owner(session: Session, ctx: Context, scope: Scope) -> int:
    """Return whose setting it is: the user, their team, or 0 for the firm."""
    if scope == "firm":
        return 0
    user = session.get(User, ctx.user_id) if ctx.user_id else None
    owner = None if user is None else user.id if scope == "user" else user.team_id
    if owner is None:
        raise InvalidInputError("Vous n'avez pas d'équipe : réglez cette valeur pour vous-même.")
    return owner


def _stored(ctx: Context) -> dict[tuple[str, str], Any]:
    """Return what is set for the user, their team and the firm."""
    with store.reading(ctx) as session:
        user = session.get(User, ctx.user_id) if ctx.user_id else None
        owners = {"firm": 0, "team": user and user.team_id, "user": user and user.id}
        rows = session.exec(select(Setting).where(Setting.firm_id == ctx.firm_id)).all()
    mine = [r for r in rows if owners.get(r.scope) == r.owner_id]
    return {(r.scope, r.key): orjson.loads(r.value) for r in mine}


def _rows(ctx: Context, scope: str, owner: int) -> Any:  # noqa: ANN401
    return select(Setting).where(
        Setting.firm_id == ctx.firm_id, Setting.scope == scope, Setting.owner_id == owner
    )


def _write(
    tx: store.Tx, row: Setting | None, scope: str, owner: int, key: str, value: object
) -> None:
    if value is None:
        if row is not None:
            tx.session.delete(row)
        return
    text = orjson.dumps(value).decode()
    if row is None:
        tx.add(Setting(firm_id=tx.ctx.firm_id, scope=scope, owner_id=owner, key=key, value=text))
    else:
        row.value = text
