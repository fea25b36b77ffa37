"""Real PDF files, made by hand: pages of text, a drawing without text, a protected one."""

import re

WIDE = 2000  #: points: no line of a confirmation is cut
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
DRAWING = b"0.2 0.2 0.2 rg 50 50 500 700 re f"


def pdf_of(*pages: str, protected: bool = False, columns: bool = False) -> bytes:
    """Return a PDF whose pages print these texts, a line under the other, or each cell apart."""
    draw = laid_out if columns else drawn
    return assembled([draw(page) for page in pages], protected=protected)


def scanned() -> bytes:
    """Return a PDF of one page that is drawn and says nothing."""
    return assembled([DRAWING])


def drawn(text: str) -> bytes:
    lines = text.splitlines()
    shown = [b"BT /F1 8 Tf 12 TL 40 %d Td" % (12 * len(lines) + 40)]
    shown += [shown_text(line) + b" T*" for line in lines]
    return b"\n".join([*shown, b"ET"])


def laid_out(text: str) -> bytes:
    """Return the same page as a table: what two spaces, or a figure, part stands in its own place."""
    lines, shown = text.splitlines(), []
    for n, line in enumerate(lines):
        left, height = 40, 12 * (len(lines) - n) + 40
        for cell in re.split(r"  +|(?<=[a-zé]) (?=\d)", line.strip()):
            shown.append(b"BT /F1 8 Tf %d %d Td %b ET" % (left, height, shown_text(cell)))
            left += 5 * len(cell) + 25
    return b"\n".join(shown)


def shown_text(text: str) -> bytes:
    safe = text.encode("cp1252", "replace")
    for mark in (b"\\", b"(", b")"):
        safe = safe.replace(mark, b"\\" + mark)
    return b"(" + safe + b") Tj"


def assembled(contents: list[bytes], *, protected: bool = False) -> bytes:
    kids = b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(contents)),
        FONT,
    ]
    for n, content in enumerate(contents):
        box = b"/MediaBox [0 0 %d %d]" % (WIDE, 12 * content.count(b"\n") + 800)
        resources = b"/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R %b %b /Contents %d 0 R >>" % (box, resources, 5 + 2 * n)
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    return written(objects, protected=protected)


def written(objects: list[bytes], *, protected: bool) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for n, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (n, body)
    start = len(out)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, rows)
    lock = b""
    if protected:
        key = b"<" + b"41" * 32 + b">"
        lock = b"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O %b /U %b >>" % (
            key,
            key,
        )
    out += b"trailer\n<< /Size %d /Root 1 0 R %b >>\n" % (len(objects) + 1, lock)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)
