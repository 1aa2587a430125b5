"""Health: whether this installation can answer, asked by machines that do not sign in."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_a_shop_that_is_well(client: Client) -> None:
    response = client.get("/health/")
    assert response.status_code == 200
    assert response.json() == {"database": "reached"}
    assert "sessionid" not in client.cookies
