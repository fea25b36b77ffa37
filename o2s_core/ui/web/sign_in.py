"""Sign-in and sign-out: plain forms, one step after the other, until the cookie is given."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from o2s_core import administration
from o2s_core.administration import FrontDoor, Step
from o2s_core.kernel.errors import NotSignedInError, O2SError
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.web import sheets
from o2s_core.ui.web.addresses import is_same_site, next_of
from o2s_core.ui.web.environment import cookie_name, settings, token_of, visitor

_T = TypeVar("_T")
#: A password costs a quarter of a second of processor: a crowd at the door waits, the rest works.
HASHING: Final = CapacityLimiter(2)
LONGEST_FORM: Final = 20_000  #: bytes
#: Rights without which a page of arrival falls back on Accueil.
ARRIVALS: Final = {"contacts": Permission.CONTACT_READ, "outils": Permission.MARKET_READ}


async def login(request: Request) -> Response:
    """Show the step at which this browser stands, or take what it typed."""
    if request.method == "POST":
        if not is_same_site(request):
            return PlainTextResponse("Formulaire étranger à ce site : refusé.", 403)
        if int(request.headers.get("content-length", LONGEST_FORM + 1)) > LONGEST_FORM:
            return PlainTextResponse("Formulaire trop long.", 413)
        form = await request.form()
        return await _taken(request, form)
    return await _asked(request)


async def logout(request: Request) -> Response:
    """End the session; open tabs are cut at their next click."""
    if request.method != "POST":
        return _sheet(sheets.sign_out(await _door()))
    if not is_same_site(request):
        return PlainTextResponse("Formulaire étranger à ce site : refusé.", 403)
    now, today = settings().clock()
    await _aside(administration.sign_out, settings().place, token_of(request), now, today)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(
        cookie_name(), httponly=True, samesite="lax", secure=settings().secure_cookie
    )
    return answer


async def _asked(request: Request) -> Response:
    """Show what comes next for this browser."""
    door, wanted = await _door(), next_of(request.query_params.get("next", "/"))
    if not door.firm_name:
        return _sheet(sheets.no_firm(), 503)
    now, _ = settings().clock()
    found = await _aside(administration.signed_in, settings().place, token_of(request), now)
    if found is not None and not found.pending:
        return RedirectResponse(wanted, 303)
    if found is not None and "again" not in request.query_params:
        return await _step_page(request, door, found.pending, wanted)
    prefilled = request.query_params.get("login", "")[:80]
    return _sheet(sheets.password(door, wanted=wanted, login=prefilled))


async def _taken(request: Request, form: FormData) -> Response:
    """Take what was typed at one step; show it again with the problem, or go on."""
    typed = {key: value for key, value in form.items() if isinstance(value, str)}
    wanted, step = next_of(typed.get("next", "/")), typed.get("step", "")
    if step not in STEPS:
        return PlainTextResponse("Étape inconnue.", 400)
    try:
        done = await STEPS[step](request, typed)
    except NotSignedInError:
        return RedirectResponse(f"/login?next={quote(wanted)}", 303)
    except O2SError as error:
        return await _again(request, step, typed, wanted, str(error))
    return await _onward(done, wanted)


async def _again(
    request: Request, step: str, typed: dict[str, str], wanted: str, problem: str
) -> Response:
    door = await _door()
    if step == "sign_in":
        login_typed = typed.get("login", "")[:80]
        page = sheets.password(door, wanted=wanted, login=login_typed, problem=problem)
        return _sheet(page, 401)
    return await _step_page(request, door, step, wanted, problem)


async def _step_page(
    request: Request, door: FrontDoor, pending: str, wanted: str, problem: str = ""
) -> Response:
    """Draw the step that a half-finished sign-in waits for."""
    status = 401 if problem else 200
    if pending == "code":
        return _sheet(sheets.code(door, wanted=wanted, problem=problem), status)
    if pending == "password":
        return _sheet(sheets.new_password(door, wanted=wanted, problem=problem), status)
    try:
        offer = await _aside(administration.enrolment, visitor(request), token_of(request))
    except NotSignedInError:
        return RedirectResponse(f"/login?next={quote(wanted)}", 303)
    return _sheet(sheets.enrolment(door, offer, wanted=wanted, problem=problem), status)


async def _onward(done: Step, wanted: str) -> Response:
    """Give the browser its new secret and send it on."""
    onward = f"/login?next={quote(wanted)}" if done.pending else wanted
    if not done.pending and wanted == "/":
        onward = await _aside(_arrival, done.token)
    if done.recovery_codes:
        door = await _door()
        answer: Response = _sheet(sheets.recovery(door, done.recovery_codes, wanted=onward))
    else:
        answer = RedirectResponse(onward, 303)
    answer.set_cookie(
        cookie_name(),
        done.token,
        httponly=True,
        samesite="lax",
        secure=settings().secure_cookie,
        path="/",
    )
    return answer


def _arrival(token: str) -> str:
    """Return the page where the user wishes to arrive, if their profile opens it."""
    now, today = settings().clock()
    found = administration.signed_in(settings().place, token, now)
    if found is None:
        return "/"
    ctx = administration.context_of(settings().place, found.user_id, now, today)
    page = str(administration.setting(ctx, "landing.page").value)
    needed = ARRIVALS.get(page)
    return f"/{page}" if needed and ctx.may(needed) else "/accueil"


async def _sign_in(request: Request, typed: dict[str, str]) -> Step:
    login_typed, password = typed.get("login", ""), typed.get("password", "")
    return await _hashing(administration.sign_in, visitor(request), login_typed, password)


async def _code(request: Request, typed: dict[str, str]) -> Step:
    return await _aside(
        administration.prove, visitor(request), token_of(request), typed.get("code", "")
    )


async def _enrol(request: Request, typed: dict[str, str]) -> Step:
    sealed, code = typed.get("sealed", ""), typed.get("code", "")
    return await _aside(administration.enrol, visitor(request), token_of(request), sealed, code)


async def _password(request: Request, typed: dict[str, str]) -> Step:
    new, again = typed.get("new", ""), typed.get("again", "")
    return await _hashing(
        administration.choose_password, visitor(request), token_of(request), new, again
    )


STEPS: Final[dict[str, Callable[[Request, dict[str, str]], Awaitable[Step]]]] = {
    "sign_in": _sign_in,
    "code": _code,
    "enrol": _enrol,
    "password": _password,
}


async def _door() -> FrontDoor:
    return await _aside(administration.front_door, settings().place)


async def _aside(ask: Callable[..., _T], *arguments: Any) -> _T:  # noqa: ANN401
    """Ask the core in a thread: the server keeps serving meanwhile."""
    return await to_thread.run_sync(partial(ask, *arguments))


async def _hashing(ask: Callable[..., _T], *arguments: Any) -> _T:  # noqa: ANN401
    return await to_thread.run_sync(partial(ask, *arguments), limiter=HASHING)


def _sheet(page: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(page, status, headers={"Content-Security-Policy": sheets.policy()})


routes = [
    Route("/login", login, methods=["GET", "POST"]),
    Route("/logout", logout, methods=["GET", "POST"]),
]
