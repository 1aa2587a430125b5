"""The web server's way in."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from config.charset import in_utf_8

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

shop = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The answer to a request."""
    return shop(in_utf_8(environ), start_response)
