"""What an adviser hands to a client: account statements."""

from o2s_core.reporting.statements.figures import Statement, first_day, statement
from o2s_core.reporting.statements.layout import Layout, pdf_of, xlsx_of
from o2s_core.reporting.statements.sections import SECTIONS

__all__ = ["SECTIONS", "Layout", "Statement", "first_day", "pdf_of", "statement", "xlsx_of"]
