"""Which format is this file? By what it holds first, by its name second."""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Final

from o2s_core.aggregation.statement import Refusal
from o2s_core.kernel.french import NBSP

#: Bytes that are enough to recognise a format.
HEAD: Final = 64_000


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its code, its French name, and whether it is read today."""

    code: str
    label: str
    supported: bool = False


#: code -> format, those that are read first.
FORMATS: Final = MappingProxyType(
    {
        f.code: f
        for f in (
            Format("native", "JSON du produit", supported=True),
            Format("csv", "CSV", supported=True),
            Format("xlsx", "classeur Excel", supported=True),
            Format("ofx", "OFX/QFX", supported=True),
            Format("flex", "Interactive Brokers Flex", supported=True),
            Format("mt535", "MT535 (relevé de titres SWIFT)", supported=True),
            Format("mt940", "MT940 (relevé de compte SWIFT)", supported=True),
            Format("mt5xx", "message titres SWIFT"),
            Format("camt", "camt.05x (relevé de compte ISO 20022)", supported=True),
            Format("semt", "semt.002 (relevé de titres ISO 20022)", supported=True),
            Format("emt", "FinDatEx EMT", supported=True),
            Format("ept", "FinDatEx EPT", supported=True),
            Format("eet", "FinDatEx EET", supported=True),
            Format("tpt", "FinDatEx TPT", supported=True),
            Format("qif", "QIF", supported=True),
            Format("powens_json", "Powens", supported=True),
            Format("plaid_json", "Plaid", supported=True),
            Format("pdf", "PDF d'un avis d'opéré", supported=True),
            Format("pdf_text", "avis d'opéré (texte d'un PDF)", supported=True),
            Format("reference_csv", "liste de référence de supports"),
            Format("yaml", "YAML"),
            Format("zip", "archive ZIP"),
        )
    }
)


def recognise(data: bytes, file_name: str) -> str:
    """Return the code of the format of a file, "" when nothing is recognised."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_archive(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "xlsx"
    if data.startswith(b"%PDF"):
        return "pdf"
    text = _head(data)
    return next((code for code, fits in SIGNS if fits(text)), "") or _by_name(text, file_name)


def not_yet(code: str) -> Refusal:
    """Return the refusal of a format that is recognised and not read yet."""
    return Refusal(
        code, "U01", f"Format {FORMATS[code].label} reconnu : sa lecture arrive avec une prochaine "
        "version. Demandez au partenaire un export CSV, Excel ou OFX.",
    )  # fmt: skip


#: Not data at all -> why it is refused.
REFUSALS: Final = MappingProxyType(
    {
        "damaged_zip": Refusal(
            "zip", "F07", "L'archive ou le classeur est coupé ou abîmé : téléchargez-le à nouveau."
        ),
        "web_page": Refusal(
            "", "F04", "Ce fichier est une page web, pas un fichier de données : reconnectez-vous "
            "chez le partenaire et téléchargez-le à nouveau.",
        ),
        "json": Refusal(
            "", "F04", "Ce JSON n'est d'aucun format connu : ce peut être un message d'erreur du "
            "partenaire. Ouvrez-le pour vérifier, puis téléchargez-le à nouveau.",
        ),
        "markup": Refusal(
            "", "F04", "Ce fichier à balises n'est ni un OFX ni un Flex, ou son début manque : "
            "téléchargez-le à nouveau.",
        ),
    }
)  # fmt: skip


def unknown() -> Refusal:
    """Return the refusal of a file that no format explains."""
    return Refusal(
        "", "F04", "Format non reconnu : ce fichier n'est ni un tableau (CSV, Excel), ni un OFX, "
        f"ni un Flex, ni un JSON du produit. Vérifiez le fichier, ou demandez un export{NBSP}CSV.",
    )  # fmt: skip


def template_in(text: str) -> str:
    """Return which FinDatEx template the first cells of a sheet name, "" for none."""
    found = (code for code, sign in FINDATEX.items() if re.search(sign, text, re.IGNORECASE))
    return next(found, "")


def _head(data: bytes) -> str:
    head = data[:HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace").lstrip("\ufeff")
    return head.decode("utf-8", "replace").lstrip("\ufeff")


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    return lambda text: bool(compiled.search(text))


#: FinDatEx templates -> how their first columns are named.
FINDATEX: Final = MappingProxyType(
    {
        "emt": r"\b0*\d+_EMT_Version|\b0*10_Financial_Instrument_Identifying_Data",
        "ept": r"\b0*\d+_EPT_Version|\b0*30_Portfolio_Identifying_Data|\bEPT 2\.",
        "eet": r"\b0*\d+_EET_Version|\b20000_Financial_Instrument_Identifying_Data",
        "tpt": r"\b0*(1000_TPT_Version|1_Portfolio_identifying_data|12_CIC_code)",
    }
)
#: Fields that only the answer of an aggregator has.
PLAID: Final = r"\A\s*\{.*\"(account_id|item|institution_security_id|error_code)\"\s*:"
POWENS: Final = r"\A\s*[\[{].*\"(id_(connector|connection|account|user)|code_type)\"\s*:"
#: In order: the first sign that fits decides.
SIGNS: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("native", _matches(r"\A\s*\{.{0,400}?\"format\"\s*:\s*\"o2s-accounts\"")),
    ("flex", _matches(r"<FlexQueryResponse\b")),
    ("ofx", _matches(r"\A\s*(OFXHEADER\s*:|<\?OFX|<OFX>)|<\?OFX\b|<OFX>")),
    ("camt", _matches(r"xsd:camt\.05\d|<BkToCstmr")),
    ("semt", _matches(r"xsd:semt\.0|<SctiesBalCtdyRpt|<CtdyStmtOfHldgs|<SctiesTxPstngRpt")),
    ("mt535", _matches(r"\{2:[IO]535|:16R:GENL.*:16R:(ADDINFO|FIN|SUBSAFE)|:22F::STTY//")),
    ("mt5xx", _matches(r"\{2:[IO]5\d\d|^:16R:GENL")),
    ("mt940", _matches(r"(\A|\n)\s*:20:.*\n:2[58]|\{2:[IO]940")),
    ("qif", _matches(r"(\A|\n)!(Type|Account|Option):?")),
    ("pdf_text", _matches(r"\APDFBox Version|\A-+\nPDFBox")),
    *((code, _matches(r"\A[\s\[{]*.{0,2000}?" + sign)) for code, sign in FINDATEX.items()),
    ("plaid_json", _matches(PLAID)),
    ("powens_json", _matches(POWENS)),
    ("reference_csv", _matches(r"\Asymbol,name,currency,summary,")),
)  # fmt: skip


def _by_name(text: str, file_name: str) -> str:
    start = text.lstrip()[:400]
    name = file_name.lower()
    if name.endswith((".yaml", ".yml")) and re.search(r"^[\w-]+:\s", start, re.MULTILINE):
        return "yaml"
    if start[:1] in {"{", "["} and name.endswith(".json"):
        return "json"
    if re.match(r"<(!doctype html|html|head|body)\b", start, re.IGNORECASE):
        return "web_page"
    if start.startswith("<") or name.endswith((".ofx", ".qfx", ".xml")):
        return "markup"
    return "csv"


def _of_archive(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return "damaged_zip"
    return "xlsx" if "[Content_Types].xml" in names or "xl/workbook.xml" in names else "zip"
