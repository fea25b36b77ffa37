"""What stands between the browser and the pages: the guard, sign-in, downloads."""

from starlette.middleware import Middleware

from o2s_core.ui.web import downloads, health, quick_search, recent_files, sign_in
from o2s_core.ui.web.guard import Guard

routes = [
    *sign_in.routes,
    *downloads.routes,
    *health.routes,
    *quick_search.routes,
    *recent_files.routes,
]
middleware = [Middleware(Guard)]

__all__ = ["middleware", "routes"]
