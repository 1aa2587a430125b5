"""Who the embedded servers run as: PostgreSQL refuses root, so that root starts them as nobody."""

import grp
import os
import pwd
from typing import TypedDict

from config.services.errors import CannotStart


class Account(TypedDict, total=False):
    """What Popen has to be told to run a program as somebody else; nothing, to run it as oneself."""

    user: int
    group: int
    extra_groups: list[int]


def servers_account() -> Account:
    """Nobody, when this is root; else oneself."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotStart(
            'PostgreSQL does not run as root, and there is no user "nobody" here. Run this as an ordinary user, '
            "or set DATABASE_URL and REDIS_URL."
        ) from None
    try:
        group = grp.getgrnam("nogroup").gr_gid
    except KeyError:
        group = nobody.pw_gid
    return {"user": nobody.pw_uid, "group": group, "extra_groups": []}
