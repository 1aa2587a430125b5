"""What is sent to us is read as UTF-8. Other charsets make what is no text of it, or end in a fault of Django's own."""

import re
from typing import Any

CHARSET = re.compile(r""";\s*charset[\s*\d]*=\s*("[^"]*"|[^;]*)""", re.IGNORECASE)
OURS = frozenset({"ascii", "us-ascii", "utf-8", "utf8"})
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
REFUSED = "application/x-www-form-urlencoded; charset=latin-1"  # Django turns these away in a sentence


def in_utf_8(environ: dict[str, Any]) -> dict[str, Any]:
    """A request without another charset in it, of which Django would read the address, too; such a form is refused."""
    said = environ.get("CONTENT_TYPE", "")
    charset = CHARSET.search(said)
    if charset is None:
        return environ
    kind = CHARSET.sub("", said)
    is_form = kind.partition(";")[0].strip().lower() in FORMS
    refused = is_form and charset[1].strip('" ').lower() not in OURS
    return environ | {"CONTENT_TYPE": REFUSED if refused else kind}
