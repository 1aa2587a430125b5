"""A shop that writes e-mails, and a mail server that takes them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.systems.mail.postbox import Postbox


@pytest.fixture
def box() -> "Iterator[Postbox]":
    """A shop with goods on its shelves, and a mail server."""
    from tests.shop import open_shop
    from tests.systems.mail.postbox import postbox

    open_shop()
    with postbox() as there:
        yield there
