"""Who may sign in: by e-mail, in roles that somebody here has."""

from uuid import uuid4

import pytest

from accounts.domain.roles import ADMIN, CUSTOMER, FINANCE, WAREHOUSE
from accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_person_with_roles() -> None:
    user = User.objects.create_user("Wim@Example.COM", None, [WAREHOUSE, FINANCE], name="Wim Janssen")
    assert (str(user), user.roles, user.is_staff) == ("wim@example.com", frozenset({WAREHOUSE, FINANCE}), False)
    assert (user.actor.id, user.actor.roles) == (str(user.id), frozenset({WAREHOUSE, FINANCE}))
    assert not user.has_usable_password()


def test_a_role_that_nobody_has() -> None:
    with pytest.raises(ValueError, match=r"There is no role king, queen\."):
        User.objects.create_user("rex@example.com", None, ["queen", CUSTOMER, "king"], name="Rex")
    assert not User.objects.exists()


def test_who_may_do_everything_in_django_admin() -> None:
    user = User.objects.create_superuser("ada@example.com", None, name="Ada Brandt")
    assert (user.roles, user.is_staff, user.is_superuser) == (frozenset({ADMIN}), True, True)


def test_the_names_of_people_and_of_nobody_else() -> None:
    clara = User.objects.create_user("clara@example.com", None, [CUSTOMER], name="Clara Vogel")
    actors = [str(clara.id), str(uuid4()), "fulfilment", "demo", "", "0" * 36]
    assert User.names_of(actors) == {str(clara.id): "Clara Vogel"}
