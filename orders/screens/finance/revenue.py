"""Finance: what each day brought, as a picture and as figures."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from accounts.domain.roles import ADMIN, FINANCE
from eventstore import clock
from orders.domain.money import Money, total
from orders.screens.following import Following
from orders.screens.task import only
from projections import revenue_per_day as read_model
from projections.revenue_per_day import DayOfRevenue

DAYS = 30


@require_safe
@only(FINANCE, ADMIN)
def revenue_per_day(request: HttpRequest) -> HttpResponse:
    """The thirty days up to `?until=2026-11-26`, or up to today."""
    following = Following(request, read_model.PROJECTION.name)
    today = localdate(clock.now())
    until = asked_day(request.GET.get("until", ""), today)
    first = until - timedelta(days=DAYS - 1)
    found = {row.day: row for row in DayOfRevenue.objects.filter(day__range=(first, until), currency="EUR")}
    days = [found.get(day) or DayOfRevenue(item="", day=day, currency="EUR") for day in days_between(first, until)]
    if following.nothing_new([(day.day, day.orders, day.revenue.cents) for day in days]):
        return HttpResponse(status=204)
    context = {
        "days": list(reversed(days)),
        "bars": bars(days),
        "total": total(day.revenue for day in days),
        "orders": sum(day.orders for day in days),
        "first": first,
        "until": until,
        "earlier": first - timedelta(days=1),
        "later": min(until + timedelta(days=DAYS), today) if until < today else None,
        "following": following,
    }
    return render(request, f"finance/{'_revenue_per_day' if following.polled else 'revenue_per_day'}.html", context)


def asked_day(text: str, today: date) -> date:
    """A day from the address, and never one to come; today for what is no day."""
    try:
        return max(min(date.fromisoformat(text), today), date(2000, 1, 1))
    except ValueError:
        return today


def days_between(first: date, last: date) -> list[date]:
    """Each day from one to another, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def bars(days: list[DayOfRevenue]) -> list[dict[str, object]]:
    """The picture: a bar for each day, in a field 100 high; what went out hangs below the line."""
    cents = [day.revenue.cents for day in days]
    most = max(1, *cents, -min(cents))
    return [
        {
            "day": day.day,
            "x": number * 10,
            "height": round(abs(day.revenue.cents) / most * 100, 1),
            "y": round(100 - max(day.revenue.cents, 0) / most * 100, 1),
            "out": day.revenue.cents < 0,
            "amount": Money(cents=day.revenue.cents),
        }
        for number, day in enumerate(days)
    ]
