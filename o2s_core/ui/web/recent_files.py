"""The last files of the quick menu: the bar notes what is opened, and asks when the menu opens."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from o2s_core import contacts
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.navigation import link
from o2s_core.ui.web.questions import Question, UnreadableError, answered


async def opened(request: Request) -> Response:
    """Note that the person opened a file; no page waits for it."""
    return await answered(request, _note)


async def recent(request: Request) -> Response:
    """Answer the files that the person opened lately, the latest first."""
    return await answered(request, _recent)


def _note(ctx: Context, asked: Question) -> None:
    code = asked.get("contact")
    if not isinstance(code, str):
        raise UnreadableError
    contacts.note_opened(ctx, code)


def _recent(ctx: Context, _asked: Question) -> list[dict[str, str]]:
    if not ctx.may(Permission.CONTACT_READ):
        return []
    return [
        {
            "label": ref.name,
            "detail": ref.file_code,
            "href": link("dossier-general", contact=ref.file_code),
        }
        for ref in contacts.recent_files(ctx)
    ]


routes = [
    Route("/files/opened", opened, methods=["POST"]),
    Route("/files/recent", recent, methods=["POST"]),
]
