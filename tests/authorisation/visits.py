"""Every page of the application with the address it takes, and how to read all that it drew."""

from o2s_core.ui import pages
from tests.authorisation.books import Book, World

TAKES = {
    "dossier-general": ("contact", "groupe"), "portefeuille-synthese": ("contact", "groupe"),
    "portefeuille-comptes": ("contact", "groupe"), "mouvements": ("contact", "groupe"),
    "compte": ("compte",), "situation": ("compte",), "support": ("support",),
    "livraison": ("livraison",), "reprise": ("reprise",), "dossier-documents": ("contact",),
    "etats-de-compte": ("contact", "groupe"), "patrimoine-synthese": ("contact", "groupe"),
    "actifs-passifs": ("contact", "groupe"), "budget": ("contact", "groupe"),
    "immobilier-prets": ("contact", "groupe"), "pret": ("pret",),
    "dossier-coordonnees": ("contact",),
}  # fmt: skip


def queries(world: World, book: Book, url: str) -> list[str]:
    """The addresses by which a page is asked about somebody's things; one empty where it takes none."""
    about = {
        "contact": book.file_code, "groupe": book.group, "compte": book.account,
        "livraison": book.delivery, "reprise": book.takeover, "pret": book.loan, "support": world.instrument,
    }  # fmt: skip
    return [f"{name}={about[name]}" for name in TAKES.get(url, ())] or [""]


def urls() -> list[str]:
    return [spec.url for spec in pages.built()]


def plain(text: str) -> str:
    """What was drawn, without the spaces of French figures and the escapes of the wire."""
    for space in ("\u202f", "\xa0", "\\302\\240", "\\342\\200\\257", "\\u202f", "\\u00a0"):
        text = text.replace(space, "")
    return text
