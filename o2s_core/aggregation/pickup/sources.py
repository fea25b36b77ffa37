"""Where are the files of a feed fetched, as whom, and when? (Collecte SFTP)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from o2s_core import store
from o2s_core.aggregation.feed.editing import one_feed
from o2s_core.aggregation.models import FeedSource
from o2s_core.aggregation.pickup.server import WRONG_KEY, Door, is_private_key
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError, StaleEditError
from o2s_core.kernel.forms import SEALED, FormField, FormSchema, server_name, whole_between
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS

PACES: Final = {
    "quarter": "Tous les quarts d'heure",
    "hourly": "Toutes les heures",
    "daily": "Une fois par jour",
}
EVERY: Final = {"quarter": timedelta(minutes=15), "hourly": timedelta(hours=1)}
AUTHS: Final = {"password": "Mot de passe", "key": "Clé privée"}
AFTERWARDS: Final = {
    "leave": "Laisser le fichier en place",
    "move": "Le ranger dans un dossier du serveur",
    "delete": "Le supprimer du serveur",
}


@dataclass(frozen=True, slots=True)
class SourceForm:
    """A remote source as typed; the secret is empty when it does not change, and never shown."""

    host: str
    username: str
    port: int = 22
    auth: str = "password"
    fingerprint: str = ""
    directory: str = ""
    pattern: str = "*"
    pace: str = "daily"
    hour: int = 7
    afterwards: str = "leave"
    moved_to: str = ""
    active: bool = True
    secret: str = field(default="", repr=False)

    def values(self) -> dict[str, Any]:
        """Return the fields that the form shows: all but the secret."""
        shown = asdict(self)
        shown.pop("secret")
        return shown

    @classmethod
    def typed(cls, values: Mapping[str, Any], secret: str = "") -> "SourceForm":
        """Return the form that a person filled."""
        text: dict[str, Any] = {name: (values.get(name) or "").strip() for name in _TEXTS}
        number: dict[str, Any] = {"port": values.get("port") or 22, "hour": values.get("hour") or 0}
        return cls(**text, **number, active=bool(values.get("active")), secret=secret)


_TEXTS: Final = (
    "host", "username", "auth", "fingerprint", "directory", "pattern", "pace", "afterwards",
    "moved_to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceCard:
    """A remote source and how its last visit went."""

    id: int
    version: int
    feed_id: int
    form: SourceForm
    has_secret: bool
    next_at: datetime | None
    tried_at: datetime | None
    succeeded_at: datetime | None
    failures: int
    message: str


def _mark(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    right = value.startswith("SHA256:") and len(value) == 50
    return None if right else "l'empreinte commence par SHA256: et compte 50 caractères."


def _moves(values: Mapping[str, Any]) -> bool:
    return values.get("afterwards") == "move"


def _runs(values: Mapping[str, Any]) -> bool:
    return bool(values.get("active"))


SOURCE_FORM: Final = FormSchema(
    "Collecte SFTP",
    (
        FormField("host", "Serveur", required=True, check=server_name("sftp"), maximum=200),
        FormField("port", "Port", "integer", check=whole_between(1, 65535)),
        FormField("username", "Identifiant", required=True, maximum=100),
        FormField("auth", "Se présente par", "choice", required=True, choices=AUTHS),
        FormField("password", "Mot de passe", "secret", hint=SEALED),
        FormField("private_key", "Clé privée (OpenSSH ou PEM, sans phrase secrète)", "long_text",
                  maximum=20_000, hint=SEALED),
        FormField("fingerprint", "Empreinte de la clé du serveur", required_if=_runs, check=_mark,
                  hint="« Essayer la connexion » la lit ; vérifiez-la auprès du partenaire."),
        FormField("directory", "Dossier", maximum=300, hint="Vide : dossier d'arrivée."),
        FormField("pattern", "Noms de fichiers", required=True, maximum=120,
                  hint="Par exemple positions_*.csv ; * pour tous."),
        FormField("pace", "Passage", "choice", required=True, choices=PACES),
        FormField("hour", "Heure du passage quotidien", "integer", check=whole_between(0, 23)),
        FormField("afterwards", "Après la collecte", "choice", required=True, choices=AFTERWARDS),
        FormField("moved_to", "Dossier de rangement", required_if=_moves, maximum=300),
        FormField("active", "Collecte automatique", "yes_no"),
    ),
)  # fmt: skip


def feed_source(ctx: Context, feed_id: int) -> SourceCard | None:
    """Return where the files of a feed are fetched, None when they are not; never its secret."""
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        one_feed(session, ctx, feed_id)
        row = source_of(session, ctx, feed_id)
    return None if row is None else _card(row)


def source_of(session: Session, ctx: Context, feed_id: int) -> FeedSource | None:
    """Return the record of the source of a feed."""
    query = select(FeedSource).where(
        FeedSource.firm_id == ctx.firm_id, FeedSource.feed_id == feed_id
    )
    return session.exec(query).first()


def required_source(session: Session, ctx: Context, feed_id: int) -> FeedSource:
    """Return the record of the source of a feed, or say that it has none."""
    found = source_of(session, ctx, feed_id)
    if found is None:
        raise NotFoundError("Collecte SFTP du flux", feed_id)
    return found


def _card(row: FeedSource) -> SourceCard:
    form = SourceForm(**{name: getattr(row, name) for name in SourceForm("", "").values()})
    return SourceCard(
        row.id or 0, row.version, row.feed_id, form, bool(row.secret), row.next_at, row.tried_at,
        row.succeeded_at, row.failures, row.message,
    )  # fmt: skip


def save_source(
    ctx: Context, feed_id: int, form: SourceForm, expected_version: int = 0
) -> SourceCard:
    """Say where the files of a feed are fetched; an empty secret leaves the one that is kept.

    The secret is sealed, and neither the audit trail nor a log ever holds it.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong, or there is no secret.
    StaleEditError
        Somebody changed the source after `expected_version` was read.
    """
    ctx.require(Permission.FEED_WRITE)
    SOURCE_FORM.require_valid(form.values(), ctx.today)
    with store.tx(ctx) as tx:
        feed = one_feed(tx.session, ctx, feed_id)
        row = source_of(tx.session, ctx, feed_id)
        if row is not None and row.version != expected_version:
            raise StaleEditError("La collecte SFTP", [])
        before = None if row is None else _card(row).form.values()
        _require_secret(form, row)
        row = row or FeedSource(firm_id=ctx.firm_id, feed_id=feed_id, host="", username="")
        for name, value in form.values().items():
            setattr(row, name, value)
        row.failures, row.message = 0, ""
        row.next_at = next_visit(row, ctx.now, feed.time_zone) if form.active else None
        tx.add(row)
        if form.secret:
            row.secret = store.seal(ctx, form.secret, _cell(row))
            tx.session.flush()
        said = form.values() | {"secret_changed": bool(form.secret)}
        tx.audit("update" if before else "create", "feed_source", row.id, before=before, after=said)
        tx.touch("aggregation")
        return _card(row)


def _require_secret(form: SourceForm, row: FeedSource | None) -> None:
    label = AUTHS[form.auth]
    kept = row is not None and row.secret and row.auth == form.auth
    if not form.secret and not kept:
        raise InvalidInputError([FieldProblem("secret", label, "")])
    if form.secret and form.auth == "key" and not is_private_key(form.secret):
        raise InvalidInputError([FieldProblem("secret", label, WRONG_KEY)])


def _cell(row: FeedSource) -> str:
    return f"feed_source:secret:{row.id}"


def door_of(ctx: Context, row: FeedSource) -> Door:
    """Return how to enter the server of a source, its secret opened."""
    secret = store.unseal(ctx, row.secret, _cell(row))
    return Door(row.host, row.port, row.username, row.fingerprint, row.auth, secret, row.directory)


def next_visit(row: FeedSource, now: datetime, time_zone: str = "") -> datetime:
    """Return when a source is next visited: now for a new one, else at its pace."""
    if row.tried_at is None and row.pace != "daily":
        return now
    if row.pace != "daily":
        return now + EVERY[row.pace]
    zone = ZoneInfo(time_zone) if time_zone else PARIS
    here = now.astimezone(zone)
    at = datetime.combine(here.date(), time(row.hour), zone)
    if at <= here:
        at = datetime.combine(here.date() + timedelta(days=1), at.timetz())
    return at.astimezone(UTC)
