"""Who the embedded servers run as: PostgreSQL refuses root, so that root starts them as nobody."""

import grp
import os
import pwd
from typing import NamedTuple

from config.services.errors import CannotStart


class Account(NamedTuple):
    """A user and a group, by their numbers."""

    user: int
    group: int


def servers_account() -> Account | None:
    """Nobody, when this is root; else nothing, for the servers are our own."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotStart(
            'PostgreSQL does not run as root, and there is no user "nobody" here. Run this as an ordinary user, '
            "or set DATABASE_URL and REDIS_URL."
        ) from None
    try:
        return Account(nobody.pw_uid, grp.getgrnam("nogroup").gr_gid)
    except KeyError:
        return Account(nobody.pw_uid, nobody.pw_gid)
