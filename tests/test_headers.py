"""Headers: what a browser is told with every page, whoever looks, whatever is answered."""

import json
import subprocess
import sys

import pytest
from django.test import Client

from accounts.domain.roles import ADMIN, CUSTOMER
from tests import factories
from tests.shop import MUG, browsing, follow, send, somebody

LOOK = """
import json
from django.conf import settings
names = [name for name in dir(settings) if name.startswith(("SECURE_", "SESSION_COOKIE_", "CSRF_COOKIE_"))]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""
INSTALLATION = {
    "ALLOWED_HOSTS": "shop.example",
    "DATABASE_URL": "postgresql://localhost/none",
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "MAIL_URL": "smtp://localhost",
    "PERSONAL_DATA_KEYS": "none:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "REDIS_URL": "redis://localhost/0",
    "SECRET_KEY": "x" * 50,
}


def answers() -> dict[str, Client]:
    """Who looks at what."""
    nobody, customer, admin = browsing(None), browsing(somebody(CUSTOMER)), browsing(somebody(ADMIN))
    return {"/sign-in/": nobody, "/nowhere/": nobody, "/my-data/": customer, "/work/": customer, "/admin/": admin}


@pytest.mark.django_db
def test_every_answer_says_what_the_page_may_do() -> None:
    for path, client in answers().items():
        headers = client.get(path).headers
        policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'", path
        assert "unsafe" not in headers["Content-Security-Policy"], path
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", path
        assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff"), path
        assert (headers["Referrer-Policy"], headers["Cross-Origin-Opener-Policy"]) == ("same-origin",) * 2, path
        assert "camera=()" in headers["Permissions-Policy"], path


@pytest.mark.django_db
def test_what_is_shown_to_one_person_is_kept_for_nobody_else() -> None:
    client = browsing(somebody(CUSTOMER))
    assert client.get("/my-data/").headers["Cache-Control"] == "private, no-store"
    assert client.get("/my-data/file/").headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_whoever_goes_back_finds_what_they_filled_in_and_nothing_else_that_was_so_before() -> None:
    send(factories.ListProduct.build(sku=MUG))
    follow()
    buyer, visitor = browsing(somebody(CUSTOMER)), Client()
    assert buyer.get("/my-data/contact-details/").headers["Cache-Control"] == "private, no-cache"
    assert "Cache-Control" not in visitor.get("/products/").headers
    visitor.post("/basket/add/", {"sku": MUG, "quantity": "1"})
    assert visitor.get("/basket/").headers["Cache-Control"] == "private, no-store"


def test_an_installation_speaks_https_and_guards_its_cookies() -> None:
    said = subprocess.run([sys.executable, "-c", LOOK], env=INSTALLATION, capture_output=True, check=True, text=True)
    settings = json.loads(said.stdout)
    assert settings["SECURE_SSL_REDIRECT"]
    assert settings["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert settings["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    for cookie in ("SESSION", "CSRF"):
        assert settings[f"{cookie}_COOKIE_SECURE"]
        assert settings[f"{cookie}_COOKIE_HTTPONLY"]
        assert settings[f"{cookie}_COOKIE_SAMESITE"] == "Lax"


@pytest.mark.parametrize("missing", sorted(INSTALLATION.keys() - {"DJANGO_SETTINGS_MODULE"}))
def test_an_installation_says_what_it_lacks(missing: str) -> None:
    lacking = {name: value for name, value in INSTALLATION.items() if name != missing}
    said = subprocess.run([sys.executable, "-c", LOOK], env=lacking, capture_output=True, check=False, text=True)
    assert said.returncode == 1
    assert f"  {missing}: " in said.stderr
