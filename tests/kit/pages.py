"""A page opened as its own reader opens it: through the shell, under a real session."""

import json
import os
from pathlib import Path

from streamlit.testing.v1 import AppTest

from o2s_core import store
from o2s_core.administration.models import UserSession
from o2s_core.kernel.settings import Settings

ROOT = Path(__file__).parents[2]


def app(firm, login: str) -> AppTest:
    """The application with somebody signed in; nothing has run yet."""
    os.environ["O2S_HOME"] = str(firm.place.home)
    os.environ["O2S_DATABASE_URL"] = firm.place.database_url
    os.environ["O2S_TODAY"] = firm.operator.today.isoformat()
    now, _ = Settings().clock()
    sid = f"sid-{login}"
    with store.tx(firm.operator) as tx:
        if tx.session.get(UserSession, sid) is None:
            tx.session.add(
                UserSession(
                    token_hash=sid,
                    sid=sid,
                    firm_id=firm.id,
                    user_id=firm.user_ids[login],
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now.replace(year=now.year + 1),
                )
            )
    at = AppTest.from_file(str(ROOT / "o2s_core/ui/main.py"), default_timeout=20)
    at.user.update({"sid": sid, "uid": str(firm.user_ids[login])})
    return at


def open_page(firm, login: str, file: str, **query) -> AppTest:
    """Open `pages/<file>` as `login`: `open_page(firm, "alice", "compte/…py", compte=3)`."""
    at = app(firm, login).run()
    for name, value in query.items():
        at.query_params[name] = str(value)
    at.switch_page(str(ROOT / "pages" / file.removeprefix("pages/")))
    return at.run()


def components(at: AppTest, name: str) -> list[dict]:
    """What the components of a kind were given to draw: `bar`, `head`, `table`."""
    found = at.get("bidi_component")
    return [json.loads(e.proto.json) for e in found if e.proto.component_name == f"o2s_{name}"]


def shown(at: AppTest) -> str:
    """Every word on the page, those of the tables included, in one text."""
    words = [json.dumps(data, ensure_ascii=False) for data in components(at, "table")]
    words += [json.dumps(data, ensure_ascii=False) for data in components(at, "head")]
    for kind in (at.markdown, at.html, at.error, at.warning, at.info, at.success, at.caption):
        words += [str(element.value) for element in kind]
    return "\n".join(words)


def table(at: AppTest, n: int = 0) -> list[list[str]]:
    """The rows of the n-th table as they are read, group and child rows alike."""
    rows = components(at, "table")[n]["rows"]
    return [[_text(cell) for cell in row["cells"]] for row in rows]


def _text(cell) -> str:
    return cell["t"] if isinstance(cell, dict) else cell or ""
