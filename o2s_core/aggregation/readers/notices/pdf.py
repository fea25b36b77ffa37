"""What does a PDF say? Its own text, page after page, read as that of a confirmation."""

from typing import Final

from o2s_core.aggregation.readers.notices.confirmations import read_text
from o2s_core.aggregation.readers.notices.notice import PAGE_END
from o2s_core.aggregation.statement import Refusal, Statement

#: Pages of a confirmation, at most: beyond, the document is another one.
PAGES: Final = 200


def read_pdf(data: bytes, file_name: str) -> Statement | Refusal:  # noqa: ARG001
    """Return what a PDF says, or why it is refused: protected, damaged, or a mere image.

    The text is that which the document carries, in the order in which its author
    wrote it; nothing is guessed from an image.
    """
    text = _text(data)
    if isinstance(text, Refusal):
        return text
    if not text.strip():
        return _refused(
            "F04", "Ce PDF est une image (document numérisé) et ne contient aucun texte : demandez "
            "au partenaire le PDF d'origine ou un export CSV ou Excel, à défaut saisissez "
            "l'opération.",
        )  # fmt: skip
    return read_text(text)


def _text(data: bytes) -> str | Refusal:
    """Return the text of all pages, or why they cannot be opened."""
    import pypdfium2  # only the process that reads a PDF loads the library

    try:
        with pypdfium2.PdfDocument(data) as document:
            if len(document) > PAGES:
                return _refused("F04", f"Ce PDF a plus de {PAGES} pages : ce n'est pas un avis.")
            return PAGE_END.join(page.get_textpage().get_text_range() for page in document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            return _refused(
                "F04", "Ce PDF est protégé par un mot de passe : ouvrez-le, imprimez-le dans un "
                "nouveau PDF sans mot de passe, et déposez celui-ci.",
            )  # fmt: skip
    return _refused("F07", "Ce PDF est coupé ou abîmé : téléchargez-le à nouveau.")


def _refused(code: str, message: str) -> Refusal:
    return Refusal("pdf", code, message)
