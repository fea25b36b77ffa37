"""What leaves the house as a file: XLSX with real numbers, CSV that no sheet executes, PDF."""

from o2s_core.exports.csv_file import csv
from o2s_core.exports.fitting import PAGE, fitted
from o2s_core.exports.pdf_file import pdf
from o2s_core.exports.pdf_protection import new_password, protected
from o2s_core.exports.printed import REPORT, part
from o2s_core.exports.sheets import Sheet, SheetChart, SheetColumn
from o2s_core.exports.workbook import xlsx

__all__ = [
    "PAGE",
    "REPORT",
    "Sheet",
    "SheetChart",
    "SheetColumn",
    "csv",
    "fitted",
    "new_password",
    "part",
    "pdf",
    "protected",
    "xlsx",
]
