"""Which format is this file? By what it holds first, by its name second."""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Final

from o2s_core.aggregation.statement import Refusal
from o2s_core.kernel.french import NBSP

#: Bytes that are enough to recognise a format.
HEAD: Final = 64_000


#: Fields that only the answer of an aggregator has.
_PLAID: Final = r"\A\s*\{.*\"(account_id|item|institution_security_id|error_code)\"\s*:"
_POWENS: Final = r"\A\s*[\[{].*\"(id_(connector|connection|account|user)|code_type)\"\s*:"
#: What the first cells of a FinDatEx template stand behind in a JSON.
_BEFORE: Final = r"\A[\s\[{]*.{0,2000}?"


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its code, its French name, what its files hold, and whether it is read today.

    `sign` is searched in the first characters of a file, whatever the case; an empty one
    is recognised by other means. `columns` are the first ones of a FinDatEx template.
    """

    code: str
    label: str
    sign: str = ""
    supported: bool = True
    columns: str = ""

    def fits(self, text: str) -> bool:
        """Return whether the beginning of a file is of this format."""
        sign = _BEFORE + self.columns if self.columns else self.sign
        return bool(sign and re.search(sign, text, re.IGNORECASE | re.DOTALL))


#: code -> format, in the order in which they are recognised: the first sign that fits decides.
FORMATS: Final = MappingProxyType(
    {
        f.code: f
        for f in (
            Format("native", "JSON du produit",
                   r"\A\s*\{.{0,400}?\"format\"\s*:\s*\"o2s-accounts\""),
            Format("csv", "CSV"),
            Format("xlsx", "classeur Excel"),
            Format("flex", "Interactive Brokers Flex", r"<FlexQueryResponse\b"),
            Format("ofx", "OFX/QFX", r"\A\s*(OFXHEADER\s*:|<\?OFX|<OFX>)|<\?OFX\b|<OFX>"),
            Format("camt", "camt.05x (relevé de compte ISO 20022)", r"xsd:camt\.05\d|<BkToCstmr"),
            Format("semt", "semt.002 (relevé de titres ISO 20022)",
                   r"xsd:semt\.0|<SctiesBalCtdyRpt|<CtdyStmtOfHldgs|<SctiesTxPstngRpt"),
            Format("mt535", "MT535 (relevé de titres SWIFT)",
                   r"\{2:[IO]535|:16R:GENL.*:16R:(ADDINFO|FIN|SUBSAFE)|:22F::STTY//"),
            Format("mt5xx", "message titres SWIFT", r"\{2:[IO]5\d\d|^:16R:GENL", supported=False),
            Format("mt940", "MT940 (relevé de compte SWIFT)",
                   r"(\A|\n)\s*:20:.*\n:2[58]|\{2:[IO]940"),
            Format("qif", "QIF", r"(\A|\n)!(Type|Account|Option):?"),
            Format("pdf_text", "avis d'opéré (texte d'un PDF)", r"\APDFBox Version|\A-+\nPDFBox"),
            Format("emt", "FinDatEx EMT", columns=(
                r"\b0*\d+_EMT_Version|\b0*10_Financial_Instrument_Identifying_Data")),
            Format("ept", "FinDatEx EPT", columns=(
                r"\b0*\d+_EPT_Version|\b0*30_Portfolio_Identifying_Data|\bEPT 2\.")),
            Format("eet", "FinDatEx EET", columns=(
                r"\b0*\d+_EET_Version|\b20000_Financial_Instrument_Identifying_Data")),
            Format("tpt", "FinDatEx TPT", columns=(
                r"\b0*(1000_TPT_Version|1_Portfolio_identifying_data|12_CIC_code)")),
            Format("plaid_json", "Plaid", _PLAID),
            Format("powens_json", "Powens", _POWENS),
            Format("reference_csv", "liste de référence de supports",
                   r"\Asymbol,name,currency,summary,", supported=False),
            Format("pdf", "PDF d'un avis d'opéré"),
            Format("yaml", "YAML", supported=False),
            Format("zip", "archive ZIP", supported=False),
        )
    }
)  # fmt: skip
#: Codes of the FinDatEx templates.
FINDATEX: Final = tuple(f.code for f in FORMATS.values() if f.columns)


def recognise(data: bytes, file_name: str) -> str:
    """Return the code of the format of a file, "" when nothing is recognised."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_archive(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "xlsx"
    if data.startswith(b"%PDF"):
        return "pdf"
    text = _head(data)
    fitting = (f.code for f in FORMATS.values() if f.fits(text))
    return next(fitting, "") or _by_name(text, file_name)


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
    named = (f.code for f in FORMATS.values() if f.columns)
    return next((c for c in named if re.search(FORMATS[c].columns, text, re.IGNORECASE)), "")


def _head(data: bytes) -> str:
    head = data[:HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace").lstrip("\ufeff")
    return head.decode("utf-8", "replace").lstrip("\ufeff")


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
