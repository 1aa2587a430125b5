"""Django admin as this shop has it: it is entered by the shop's own sign-in, and shows what the shop has put there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse

# Addresses of Django's that accounts has in its own way.
ELSEWHERE = frozenset({"logout", "password_change", "password_change_done"})

type View = Callable[..., HttpResponseBase]


class ShopAdmin(AdminSite):
    """Nobody signs in or out here: accounts does that, for everybody in the same way."""

    @login_not_required
    def login(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
        """Nothing is asked here: on to the shop's sign-in, and back."""
        if self.has_permission(request):
            return redirect("admin:index")
        return self.turn_away(request)

    def turn_away(self, request: HttpRequest) -> HttpResponse:
        """To the sign-in; 403 for somebody who has signed in, and may not look."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def admin_view[V: View](self, view: V, cacheable: bool = False) -> V:
        """A page of the admin: 403 for somebody who has signed in, and may not look."""
        page = super().admin_view(view, cacheable)

        @wraps(page)
        def asked(request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
            return page(request, *arguments, **options) if self.has_permission(request) else self.turn_away(request)

        return asked  # type: ignore[return-value]  # takes and gives what the page does

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Its addresses, without those that accounts has."""
        return [each for each in super().get_urls() if getattr(each, "name", None) not in ELSEWHERE]
