"""A partner of a shop that is open, with systems that ask."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.systems.partners.asking import Systems


@pytest.fixture
def systems(db: None) -> "Systems":
    """The systems of a partner, with a token that is good for everything."""
    # Not before the settings are complete: pytest reads this file earlier than that.
    from tests.shop import open_shop
    from tests.systems.partners.asking import systems_of

    open_shop()
    return systems_of("Tea & Co")
