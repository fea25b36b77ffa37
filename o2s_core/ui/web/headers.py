"""What every answer tells the browser to refuse: foreign scripts, frames, guesses and copies."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import Message

#: Files of users: never run, never kept. What is served there is somebody's document.
DOCUMENT_PATHS: Final = ("/media/", "/dl/")
DOCUMENT_POLICY: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"


@cache
def shell() -> str:
    """Return the page that loads the application, in French from its first byte."""
    import streamlit

    index = Path(streamlit.__file__).parent / "static" / "index.html"
    text = index.read_text("utf-8")
    text = text.replace('<html lang="en">', '<html lang="fr">')
    text = text.replace("<title>Streamlit</title>", "<title>O2S</title>")
    text = re.sub(r'<link rel="service-desc"[^>]*>', "", text)
    return re.sub(
        r"<noscript>.*?</noscript>",
        "<noscript><p>O2S a besoin de JavaScript : activez-le, puis rechargez la page."
        "</p></noscript>",
        text,
        flags=re.DOTALL,
    )


@cache
def font() -> str:
    """Return where the application's letters are, "" when Streamlit keeps them elsewhere."""
    found = re.search(r'href="\.(/static/media/[^"]+\.woff2)"', shell())
    return found.group(1) if found else ""


@cache
def page_policy() -> str:
    """Return the content policy of the pages: our own scripts, and the shell's inline one."""
    inline = re.findall(r"<script>(.*?)</script>", shell(), flags=re.DOTALL)
    allowed = " ".join(f"'{digest(script)}'" for script in inline)
    return (
        f"default-src 'self'; script-src 'self' 'wasm-unsafe-eval' blob: {allowed}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; worker-src 'self' blob:; media-src 'self' blob:; frame-src 'self'; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    )


def form_policy(style: str) -> str:
    """Return the content policy of a page without any script, styled by `style` alone."""
    return (
        f"default-src 'none'; style-src '{digest(style)}'; img-src 'self' data:; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def digest(text: str) -> str:
    """Return how a policy names an inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def secure(message: Message, path: str, *, over_tls: bool) -> None:
    """Add to an answer on its way out what it does not say already."""
    headers = MutableHeaders(scope=message)
    if path.startswith(DOCUMENT_PATHS):
        headers["Content-Security-Policy"] = DOCUMENT_POLICY
        headers["Cache-Control"] = "private, no-store"
    headers.setdefault("Content-Security-Policy", page_policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    # Not "no-referrer": with it the browser hides the origin of our own forms.
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if not path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
    if over_tls:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
