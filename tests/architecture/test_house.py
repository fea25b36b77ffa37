"""The rules of the house that a tool can hold."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = sorted((ROOT / "o2s_core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
EVERYTHING = [*CORE, *PAGES, ROOT / "app.py"]
#: The lines of the user's document that work today.
WORKING = (
    *range(1, 7), 8, 9, *range(11, 17), 21, 22, 36, 38, 40, 41, *range(49, 55), 58,
    *range(60, 67), 72, *range(77, 88), 93, 95, 96, 97, 99, 102, *range(104, 111),
    *range(116, 122),
)  # fmt: skip
ASKED = [f"S-{n:03d}" for n in WORKING]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def test_streamlit_finds_the_application_with_its_guard():
    """Streamlit reads `app.py` as text: anything cleverer starts without the guard."""
    text = (ROOT / "app.py").read_text("utf-8")
    assert re.search(r'^app = st\.App\(\s*"o2s_core/ui/main\.py",\s*routes=', text, re.MULTILINE)
    assert "middleware=" in text


def test_no_page_lies_where_streamlit_serves_it_without_the_entry_point():
    assert not list((ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_opens_with_its_guard(page):
    body = tree(page).body
    first = next(
        node
        for node in body
        if not isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        and not _is_constant(node)
    )
    text = ast.unparse(first)
    assert "ui.page(" in text
    assert "needs=Permission." in text


def _is_constant(node: ast.stmt) -> bool:
    """A name in capitals bound to a literal is layout, not work."""
    if isinstance(node, ast.Assign):
        return all(isinstance(t, ast.Name) and t.id.isupper() for t in node.targets)
    return (
        isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id.isupper()
    )


@pytest.mark.parametrize(
    "path", [p for p in CORE if "ui" not in p.relative_to(ROOT).parts[:2]], ids=name
)
def test_only_screens_know_streamlit(path):
    imports = [n for n in ast.walk(tree(path)) if isinstance(n, ast.Import | ast.ImportFrom)]
    modules = {a.name for n in imports if isinstance(n, ast.Import) for a in n.names} | {
        n.module or "" for n in imports if isinstance(n, ast.ImportFrom)
    }
    assert not {m for m in modules if m.split(".")[0] == "streamlit"}


@pytest.mark.parametrize("path", [*PAGES, *(ROOT / "o2s_core" / "ui").rglob("*.py")], ids=name)
def test_no_cache_but_the_scoped_one(path):
    """A data frame as an argument of a cached function returns wrong results: `ui.cached` refuses it."""
    if path.name == "cache.py":
        return
    assert "cache_data" not in path.read_text("utf-8")


@pytest.mark.parametrize("path", [*CORE, *PAGES], ids=name)
def test_a_file_is_named_after_a_question(path):
    banned = {
        "utils",
        "util",
        "helpers",
        "helper",
        "common",
        "misc",
        "service",
        "services",
        "manager",
        "base",
    }
    assert path.stem not in banned


@pytest.mark.parametrize("path", EVERYTHING, ids=name)
def test_nothing_is_left_unfinished(path):
    assert not re.search(r"\b(TODO|FIXME|XXX|raise NotImplementedError)\b", path.read_text("utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_is_layout(path):
    """No query and no table row in a page."""
    imports = [n.module or "" for n in ast.walk(tree(path)) if isinstance(n, ast.ImportFrom)]
    assert not [
        m
        for m in imports
        if m.startswith(("sqlmodel", "sqlalchemy", "duckdb"))
        or m.endswith((".models", ".repository"))
    ]


def test_every_line_of_the_document_that_works_is_named_by_a_test():
    named = set()
    for path in TESTS:
        if path != Path(__file__):
            named |= {f"S-{m}" for m in re.findall(r"S[-_](\d{3})", path.read_text("utf-8"))}
    assert not [asked for asked in ASKED if asked not in named]
