"""Pictures of products: files that come with the shop, or came with an earlier release of it."""

from unittest.mock import patch

import pytest

from accounts.models import User
from tests.shop import MUG, browsing, read

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/products/", f"/products/{MUG}/", "/basket/"])
def test_a_picture_that_a_release_came_without_takes_no_page_with_it(clara: User, address: str) -> None:
    client = browsing(clara)
    client.post("/basket/add/", {"sku": MUG, "quantity": "1"})
    assert 'class="picture"' in client.get(address).content.decode()
    with patch("orders.templatetags.shop.static", side_effect=ValueError("Missing staticfiles manifest entry")):
        page = client.get(address)
    assert "Enamel mug" in read(page)
    assert 'class="picture"' not in page.content.decode()
