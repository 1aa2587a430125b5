"""Partners and their subscriptions in the admin: who saves a page there undoes nothing that others did meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.admin import PartnerSubscriptionAdmin
from accounts.domain.roles import ADMIN
from accounts.models import PartnerSubscription
from tests.shop import browsing, read, somebody
from tests.systems.partners.asking import Systems

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    return browsing(somebody(ADMIN))


@pytest.fixture
def kept(systems: Systems) -> PartnerSubscription:
    """A subscription of the partner's."""
    return PartnerSubscription.objects.create(partner=systems.partner, url="https://tea.example/hooks", types=[])


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Has a deed done once the admin has read the subscription that it is about to save."""
    get_object = PartnerSubscriptionAdmin.get_object

    def until_then(deed: Callable[[], Any]) -> None:
        def get_object_first(*arguments: Any, **options: Any) -> Any:
            found = get_object(*arguments, **options)
            deed()
            return found

        monkeypatch.setattr(PartnerSubscriptionAdmin, "get_object", get_object_first)

    return until_then


def stop(admin: Client, kept: PartnerSubscription) -> Any:
    return admin.post(reverse("admin:accounts_partnersubscription_change", args=[kept.pk]), {"stopped": "on"})


def test_a_subscription_is_stopped(admin: Client, kept: PartnerSubscription) -> None:
    assert stop(admin, kept).status_code == 302
    kept.refresh_from_db()
    assert kept.stopped


def test_a_secret_that_its_partner_was_just_given_stays(
    admin: Client, systems: Systems, kept: PartnerSubscription, meanwhile: Callable[[Callable[[], Any]], None]
) -> None:
    meanwhile(lambda: systems.post(f"subscriptions/{kept.id}/secret/", {}))
    assert stop(admin, kept).status_code == 302
    kept.refresh_from_db()
    assert (kept.stopped, kept.secret_version) == (True, 2)


def test_a_subscription_that_its_partner_has_just_deleted_stays_away(
    admin: Client, systems: Systems, kept: PartnerSubscription, meanwhile: Callable[[Callable[[], Any]], None]
) -> None:
    meanwhile(lambda: systems.client.delete(f"/api/v1/subscriptions/{kept.id}/"))
    assert "Its partner has deleted this subscription a moment ago." in read(stop(admin, kept))
    assert not PartnerSubscription.objects.exists()


def test_what_a_colleague_has_changed_stays_unless_it_is_changed_here(admin: Client, systems: Systems) -> None:
    address = reverse("admin:accounts_partner_change", args=[systems.partner.pk])
    older, newer = (sent_back(admin.get(address)) for _each in range(2))
    del newer["is_active"]
    assert admin.post(address, newer).status_code == 302
    assert systems.get("orders/").status_code == 401
    assert admin.post(address, older | {"requests_per_minute": "300"}).status_code == 302
    systems.partner.refresh_from_db()
    assert (systems.partner.is_active, systems.partner.requests_per_minute) == (False, 300)
    assert admin.post(address, sent_back(admin.get(address)) | {"is_active": "on"}).status_code == 302
    assert systems.get("orders/").status_code == 200


def sent_back(page: Any) -> dict[str, str]:
    """What a browser sends of a form that nothing was changed in."""
    said = dict[str, str]()
    for field in page.context["adminform"].form:
        if f'name="{field.html_initial_name}"' in page.content.decode():
            said[field.html_initial_name] = str(field.value())
        if field.value():
            said[field.html_name] = str(field.value())
    return said
