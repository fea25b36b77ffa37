"""Real files of each kind that is filed, made in the test: what they say is given."""

import io
import zipfile

import pikepdf
import typst
import xlsxwriter
from PIL import Image


def pdf(text: str) -> bytes:
    """A PDF of one page that says a text."""
    return typst.compile(
        b'#set page(width: 12cm, height: 8cm)\n#sys.inputs.at("said")', sys_inputs={"said": text}
    )


def protected(data: bytes, secret="secret") -> bytes:
    """The same PDF, under a password."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as opened:
        opened.save(out, encryption=pikepdf.Encryption(owner=secret, user=secret))
    return out.getvalue()


def with_script(data: bytes) -> bytes:
    """The same PDF, that runs JavaScript when it opens and carries another file."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as opened:
        opened.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
        )
        opened.attachments["facture.exe"] = b"MZ"
        opened.save(out)
    return out.getvalue()


def docx(*paragraphs: str, header="", entity="") -> bytes:
    """A Word file: its paragraphs, and what its header says."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

    def part(tag: str, *said: str) -> str:
        lines = "".join(f"<w:p><w:r><w:t>{s}</w:t></w:r></w:p>" for s in said)
        return f'<?xml version="1.0"?>{entity}<w:{tag} {space}>{lines}</w:{tag}>'

    return zipped(
        {
            "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "word/document.xml": part("document", *paragraphs),
            "word/header1.xml": part("hdr", header),
        }
    )


def zipped(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def xlsx(*rows: tuple) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Relevé")
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    return out.getvalue()


def png(width=4, height=4) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()
