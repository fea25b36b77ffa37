"""A table as the bytes of a file: XLSX with real numbers and dates, CSV that no sheet executes."""

from o2s_core.exports.csv_file import csv
from o2s_core.exports.sheets import Sheet, SheetColumn
from o2s_core.exports.workbook import xlsx

__all__ = ["Sheet", "SheetColumn", "csv", "xlsx"]
