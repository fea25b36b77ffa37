"""What every page opens with: who asks, the module bar, the breadcrumb, the right to be here."""

import inspect
from pathlib import Path
from typing import Any, Final

import streamlit as st

from o2s_core import administration
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import boundary, components, messages, notices, pages, quick_menu, session
from o2s_core.ui.navigation import go
from o2s_core.ui.pages import PageSpec
from o2s_core.ui.tables import PAGE_SIZE

REFRESH_SECONDS: Final = 60
#: Where a run leaves its context to the bar it draws; a bar that redraws alone asks again.
FOUND: Final = "o2s_found"


def page(title: str, *, needs: Permission) -> Context:
    """Open a page: find who asks, draw the bar, refuse who may not, show what was just done.

    The first statement of every page. Nothing of the page is drawn before the
    permission is checked; the bar is, so that a refusal leaves a way out.
    """
    spec = here()
    ctx = session.context()
    st.session_state[FOUND] = ctx
    _bar(spec)
    ctx.require(needs)
    if not spec.rubric:
        _title(ctx, spec, title)
    st.session_state[PAGE_SIZE] = administration.setting(ctx, "table.page_size").value
    messages.show()
    quick_menu.open_asked(ctx)
    return ctx


def landing(ctx: Context) -> str:
    """Return the address where this person arrives: their choice, where their profile opens it."""
    chosen = pages.by_url(str(administration.setting(ctx, "landing.page").value))
    return f"/{chosen.url}" if chosen and ctx.may(chosen.needs) else "/accueil"


def here() -> PageSpec:
    """Return the page that is being run, by the script that asks."""
    scripts = {spec.path: spec for spec in pages.PAGES}
    frame = inspect.currentframe()
    while frame is not None:
        if spec := scripts.get(Path(frame.f_code.co_filename)):
            return spec
        frame = frame.f_back
    raise LookupError("not a page of the application")


@st.fragment(run_every=REFRESH_SECONDS)
def _bar(spec: PageSpec) -> None:
    """Draw the module bar, and follow the link that was clicked in it."""
    with boundary.errors(), st.container(key="o2s_bar"):
        ctx = st.session_state.pop(FOUND, None) or session.context()
        data = _bar_data(ctx, spec)
        answer = components.bar(data=data, key="bar", on_go_change=nothing, on_seen_change=_seen)
        if answer.go:
            _follow(ctx, answer.go, data)


def _follow(ctx: Context, href: str, data: dict[str, Any]) -> None:
    """Open what was clicked in the bar; a notification that is followed has been read."""
    if href.startswith("#"):
        quick_menu.ask(href)
    if any(notice["href"] == href for notice in data["news"]):
        notices.read(ctx)
    go(href)


def _seen() -> None:
    """Note, before the bar is drawn again, that its notifications were read."""
    with boundary.errors():
        notices.read(session.context())


def _bar_data(ctx: Context, spec: PageSpec) -> dict[str, Any]:
    card = administration.me(ctx)
    modules = [("accueil", pages.HOME, "home"), ("contacts", pages.CONTACTS, "")]
    modules += [("outils", pages.TOOLS, ""), ("messages", pages.MAIL, "")]
    own = [("mon-compte", pages.ACCOUNT, "badge"), ("services", pages.SERVICES, "tune")]
    own += [("administration", pages.ADMINISTRATION, "domain")]
    return {
        "modules": _entries(ctx, modules, spec),
        "news": notices.technical(ctx),
        "demo": card.is_demo,
        "quick": quick_menu.quick_entries(ctx),
        "urls": [f"/{known.url}" for known in pages.PAGES],
        "person": {
            "name": card.name,
            "profile": card.profile_label,
            "module": spec.module if spec.module in {label for _, label, _ in own} else "",
            "entries": _entries(ctx, own, spec),
        },
    }


def _entries(
    ctx: Context, wanted: list[tuple[str, str, str]], current: PageSpec
) -> list[dict[str, Any]]:
    """Return the links of the bar whose page is built and open to this profile."""
    specs = [(pages.by_url(url), label, icon) for url, label, icon in wanted]
    return [
        {
            "href": f"/{spec.url}",
            "label": label,
            "icon": icon,
            "current": current.module == label,
            "bare": label == pages.HOME,
        }
        for spec, label, icon in specs
        if spec is not None and spec.path.is_file() and ctx.may(spec.needs)
    ]


def _title(ctx: Context, spec: PageSpec, title: str) -> None:
    """Draw the breadcrumb, the title, and the pages beside this one as tabs."""
    tabs, path = pages.room(spec, ctx.may), [*pages.trail(spec), spec]
    current = next((p for p in reversed(path) if p in tabs), None)
    above = [{"label": p.title, "href": f"/{p.url}"} for p in pages.trail(spec)]
    head(
        {
            "crumbs": above or ([] if title == spec.module else [{"label": spec.module}]),
            "title": title,
            "tabs": [
                {"label": p.title, "href": f"/{p.url}", "current": p == current} for p in tabs
            ],
        },
        key=f"head_{spec.url}",
    )


def head(data: dict[str, Any], key: str, *, sticky: bool = False) -> None:
    """Draw a heading with its links, and follow the one that was clicked."""
    with st.container(key="o2s_file" if sticky else "o2s_head"):
        answer = components.head(data=data, key=key, on_go_change=nothing)
    if answer.go:
        go(answer.go)


def nothing() -> None:
    """Do nothing: a component reports a value only when somebody listens."""
