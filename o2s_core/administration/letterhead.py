"""What heads and foots a document of the firm: name, logo, colour, legal mentions."""

import io
import re
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image

from o2s_core import store
from o2s_core.administration.firm import ASSOCIATIONS, STATUSES
from o2s_core.administration.models import Firm
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError
from o2s_core.kernel.permissions import Permission

COLOUR: Final = "#14505c"  #: of a firm that chose none: that of the screens
MAX_LOGO: Final = 1_000_000  #: bytes
WIDEST: Final = 4_000  #: pixels


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The firm as its documents show it; an empty text is not known."""

    name: str
    colour: str  #: #rrggbb
    address: str
    phone: str
    email: str
    website: str
    mentions: tuple[tuple[str, str], ...]  #: label, what the law wants said
    logo: bytes | None  #: PNG or JPEG

    @property
    def house(self) -> dict[str, Any]:
        """Return what a page model reads as `data.house`."""
        return {"name": self.name, "colour": self.colour, "footer": self.footer}

    @property
    def pictures(self) -> dict[str, bytes]:
        """Return the pictures that a page model may show."""
        return {} if self.logo is None else {"logo": self.logo}

    @property
    def footer(self) -> str:
        """Return the foot of each page: who answers for the document."""
        said = [self.name, " ".join(self.address.split()), self.phone]
        short = ("SIREN", "ORIAS")
        said += [f"{label} {text}" for label, text in self.mentions if label in short]
        return " · ".join(part for part in said if part)


def letterhead(ctx: Context) -> Letterhead:
    """Return the firm as its documents show it."""
    ctx.require(Permission.HOME_VIEW)
    with store.reading(ctx) as session:
        row = session.get_one(Firm, ctx.firm_id)
    return Letterhead(
        name=row.name,
        colour=row.brand_colour or COLOUR,
        address=row.address,
        phone=row.phone,
        email=row.email,
        website=row.website,
        mentions=_mentions(row),
        logo=store.blob(ctx, row.logo_sha256) if row.logo_sha256 else None,
    )


def save_logo(ctx: Context, data: bytes | None) -> None:
    """Put a logo on the documents of the firm, or take it off (None).

    Raises
    ------
    InvalidInputError
        It is no PNG nor JPEG, or it is too large.
    """
    ctx.require(Permission.FIRM_WRITE)
    if data is not None and (why := _refusal(data)):
        raise InvalidInputError([FieldProblem("logo", "Logo", why)])
    sha = "" if data is None else store.save_blob(ctx, data)
    with store.tx(ctx) as tx:
        row = tx.session.get_one(Firm, ctx.firm_id)
        before, row.logo_sha256 = row.logo_sha256, sha
        store.stamp(ctx, row)
        was, now = {"logo_sha256": before}, {"logo_sha256": sha}
        tx.audit("update", "firm", row.id, before=was, after=now)
        tx.touch("administration")


def _refusal(data: bytes) -> str | None:
    if len(data) > MAX_LOGO:
        return "le fichier dépasse 1 Mo : réduisez l'image."
    try:
        with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as seen:
            size = seen.size
            seen.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return "ce n'est pas une image PNG ou JPEG lisible."
    return "l'image est trop grande : 4 000 pixels au plus." if max(size) > WIDEST else None


def _mentions(row: Firm) -> tuple[tuple[str, str], ...]:
    """Return what the law wants an intermediary to say of itself (C. assur. R. 521-1, RG AMF)."""
    statuses = [STATUSES[code] for code in row.statuses.split(",") if code in STATUSES]
    orias = re.sub(r"(\d\d)(\d{3})(\d{3})", r"\1 \2 \3", row.orias_number)
    siren = re.sub(r"(\d{3})(\d{3})(\d{3})", r"\1 \2 \3", row.siren)
    insurer = ", police ".join(t for t in (row.liability_insurer, row.liability_policy) if t)
    said = (
        ("Raison sociale", ", ".join(t for t in (row.name, row.legal_form) if t)),
        ("Siège", " ".join(row.address.split())),
        ("SIREN", siren),
        ("ORIAS", f"n° {orias}, www.orias.fr" if orias else ""),
        ("Statuts", " ; ".join(statuses)),
        ("Association professionnelle", ASSOCIATIONS.get(row.association, "")),
        ("Responsabilité civile professionnelle", insurer),
        ("Médiateur", " ".join(row.mediator.split())),
    )
    return tuple((label, text) for label, text in said if text)
