"""How fast screens are, and how light: `python -m tests.benchmarks.screens` prints it beside what is wanted.

The shop runs on its web server, as in a demo, with the files of an installation. What is compared runs in turns.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from tests.benchmarks.report import Claim, report
from tests.benchmarks.server import measured

FEW = 1_000
MOST_BYTES = 150_000
ROLES = ("customer", "warehouse", "customer_service", "finance", "operations", "admin")


def lists(port: int, many: int, rounds: int) -> Iterator[Claim]:
    """Lists of orders, however long they are: their beginning, their middle, filtered, and searched."""
    from accounts.models import User
    from tests.benchmarks.many import orders_of
    from tests.benchmarks.online import Browser

    people = {user.email.partition("@")[0]: user for user in User.objects.all()}
    taken = defaultdict[str, list[list[float]]](list)
    for orders in (FEW, many):
        orders_of(people["customer"].id, orders)
        # Not before: a line on which nothing is asked for so long is closed by the server.
        browsers = {name: Browser(port, user) for name, user in people.items()}
        for what, (who, address) in addresses().items():
            browsers[who].get(address)
            taken[what].append([timed(lambda: browsers[who].get(address)) for _ in range(rounds)])  # noqa: B023
    for what, (few, as_many) in taken.items():
        yield Claim(f"{what}, {many:,} in all", as_many, f"{FEW:,} in all", few, at_most=1.5, unit=" ms")


def addresses() -> dict[str, tuple[str, str]]:
    """The lists that are measured: who looks, and where."""
    from projections.order_page import OrderPage
    from projections.shipments import Shipment
    from tests.benchmarks.many import last_shown

    mine = last_shown(OrderPage.objects.all(), "-placed_at", "order_id")
    sent = last_shown(Shipment.objects.filter(stage="delivered"), "-planned_at", "-shipment_id")
    number = OrderPage.objects.order_by("order_id").values_list("reference", flat=True)[FEW // 2]
    return {
        "My orders": ("customer", "/orders/"),
        "My orders, from the middle on": ("customer", f"/orders/?{asked(mine)}"),
        "Those of them that are open": ("customer", f"/orders/?{asked(mine)}&which=open"),
        "Delivered parcels": ("warehouse", "/shipments/?stage=delivered"),
        "Delivered parcels, from the middle on": ("warehouse", f"/shipments/?{asked(sent)}&stage=delivered"),
        "Orders found by the beginning of a number": ("customer-service", f"/find/?q={number[:7]}"),
        "Orders found by a name": ("customer-service", "/find/?q=name000007"),
        "Orders found by what all names begin with": ("customer-service", "/find/?q=name"),
    }


def asked(last: list[object]) -> str:
    """An address that goes on behind these values."""
    return urlencode([("from", getattr(each, "isoformat", lambda it=each: str(it))()) for each in last])


def tasks(port: int, rounds: int) -> Iterator[Claim]:
    """Tasks that are sent, beside a POST at the same server that does nothing."""
    from tests.benchmarks.errands import errands

    sent = defaultdict[str, list[float]](list)
    for _ in range(rounds):
        for what, send in errands(port):
            sent[what].append(timed(send))
    nothing = sent.pop("nothing")
    for what, times in sent.items():
        yield Claim(what, [median(times)], "a POST that does nothing", [median(nothing)], at_most=5, unit=" ms")


def weights(port: int) -> Iterator[Claim]:
    """The first screen of each role, and the front of the shop, with all that belongs to it."""
    from accounts.models import User
    from tests.benchmarks.online import Browser

    for role in ROLES:
        user = User.objects.get(email=f"{role.replace('_', '-')}@example.com")
        weighed = Browser(port, user).weight("/") / 1000
        what = f"First screen of {role.replace('_', ' ')}"
        yield Claim(what, [weighed], "what is wanted", [MOST_BYTES / 1000], at_most=1, unit=" kB")
    weighed = Browser(port, None).weight("/") / 1000
    yield Claim("The front of the shop", [weighed], "what is wanted", [MOST_BYTES / 1000], at_most=1, unit=" kB")


def polling(port: int, rounds: int) -> Iterator[Claim]:
    """A page that asks for what is new where nothing is, beside the page itself."""
    from tests.benchmarks.errands import followed, questions_of
    from tests.benchmarks.online import Browser

    for what, user, address in followed():
        browser = Browser(port, user)
        page = browser.get(address)
        quiet = f"{address}?seen={seen(page.text)}"
        answer = browser.get(quiet)
        assert answer.status == 204, what
        times = [(timed(lambda: browser.get(quiet)), timed(lambda: browser.get(address))) for _ in range(rounds)]  # noqa: B023
        quick, whole = zip(*times, strict=True)
        yield Claim(f"{what}: nothing new", quick, "all of it", whole, at_most=1, unit=" ms")
        yield Claim(f"{what}: bytes of that", [answer.size], "all of it", [page.size], at_most=0.01, unit="")
        questions = [[questions_of(user, it)] for it in (quiet, address)]
        yield Claim(f"{what}: questions to the database", questions[0], "all of it", questions[1], at_most=1, unit="")


def seen(html: str) -> str:
    """What a page says that it shows."""
    from tests.reading import Page

    [field] = Page(html).all("input", name="seen")
    return field.attributes["value"]


def timed(deed: Callable[[], object]) -> float:
    """The milliseconds that a deed takes."""
    begun = time.perf_counter()
    deed()
    return 1000 * (time.perf_counter() - begun)


def main() -> bool:
    """Measure, and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=1_000_000, help="of the long lists")
    options.add_argument("--rounds", type=int, default=50)
    chosen = options.parse_args()
    with TemporaryDirectory() as files, measured("tests.benchmarks.installed", BENCHMARK_FILES=files):
        from django.core.management import call_command

        from config.seed import seed
        from tests.benchmarks.online import online
        from tests.shop import follow

        call_command("collectstatic", verbosity=0, interactive=False)
        seed()
        follow()
        with online() as port:
            claims = [*weights(port), *polling(port, chosen.rounds), *tasks(port, chosen.rounds)]
            return report([*lists(port, chosen.orders, chosen.rounds), *claims])


if __name__ == "__main__":
    sys.exit(not main())
