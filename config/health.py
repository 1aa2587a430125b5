"""Health: whether this installation can answer at all, how late its read models are, and the figures behind that."""

from collections.abc import Callable, Iterator
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare

from accounts.domain.roles import OPERATORS
from accounts.models import User
from config.faults import is_away
from eventstore.effects.borders import Standing, letters, standings
from eventstore.inbox import left
from orders.systems.partners import figures
from projections.engine.health import Health, healths, late

type View = Callable[[HttpRequest], HttpResponse]

# What Prometheus is told of each read model: the name of the figure, what it is, and where it comes from.
FIGURES: tuple[tuple[str, str, Callable[[Health], float | None]], ...] = (
    ("position", "Position of the log up to which the read model shows everything.", lambda it: it.position),
    ("lag_events", "Events of the log behind that position.", lambda it: it.behind),
    ("lag_seconds", "For how long the first event that it wants and does not show has waited.", lambda it: it.seconds),
    ("parked_events", "Events that it could not take, and those behind them in their streams.", lambda it: it.parked),
    ("paused", "1 while it is kept as it is.", lambda it: it.paused),
    ("table_version", "Version of the code that made the live table.", lambda it: it.table),
    ("code_version", "Version of this code.", lambda it: it.code),
    ("rebuild_position", "How far a rebuild is, while there is one.", lambda it: it.rebuild and it.rebuild.position),
)

# What it is told of each other system: the kind of figure comes in between.
BORDER_FIGURES: tuple[tuple[str, str, str, Callable[[Standing], float]], ...] = (
    ("requests_total", "counter", "Requests to the system.", lambda it: it.requests),
    ("errors_total", "counter", "Requests that did not arrive, or had no answer.", lambda it: it.errors),
    ("seconds_total", "counter", "How long all requests took.", lambda it: it.seconds),
    ("latency_seconds", "gauge", "How long the latest requests took, on average.", lambda it: it.latency),
    ("circuit_open", "gauge", "1 while the system is left alone, as it fails.", lambda it: it.circuit != "closed"),
    ("connected", "gauge", "1 where this installation is connected to it.", lambda it: it.connected),
    ("in_flight", "gauge", "Requests that are under way.", lambda it: it.in_flight),
    ("waiting", "gauge", "Requests that have no answer yet.", lambda it: it.waiting),
    ("waiting_for_a_person", "gauge", "Those of them that a person has to look at.", lambda it: it.for_a_person),
    ("oldest_seconds", "gauge", "For how long the oldest other one has waited.", lambda it: it.oldest_seconds),
)

# What it is told of what each system has told us and nothing was made of yet.
INBOX_FIGURES: tuple[tuple[str, str, Callable[[left.Standing], float]], ...] = (
    ("notices_waiting", "Notices of the system that are not settled.", lambda it: it.waiting),
    ("notices_for_a_person", "Those of them that a person has to look at.", lambda it: it.for_a_person),
    ("notices_oldest_seconds", "For how long the oldest other one has waited.", lambda it: it.oldest_seconds),
)


def of_the_database(look: View) -> View:
    """A look at what the database says: 503 and a sentence when it is away, or says that it cannot."""

    @wraps(look)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            return look(request)
        except (OperationalError, InterfaceError):
            why = "The database cannot be reached." if is_away() else "The database does not do what it is asked."
            return JsonResponse({"database": why}, status=503)

    return answer


@login_not_required
@of_the_database
def health(_: HttpRequest) -> HttpResponse:
    """200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"database": "reached"})


@login_not_required
@of_the_database
def projections_health(_: HttpRequest) -> HttpResponse:
    """200 when no read model is later than MAX_LAG_SECONDS, 503 when one is: for an alarm, not for a load balancer."""
    limit = settings.ENV["MAX_LAG_SECONDS"]
    seconds = {one.projection: round(one.seconds, 1) for one in late(healths(), limit)}
    return JsonResponse({"limit": limit, "late": seconds}, status=503 if seconds else 200)


@login_not_required
@of_the_database
def systems_health(_: HttpRequest) -> HttpResponse:
    """200 when nothing has waited for longer than MAX_WAIT_SECONDS to be asked of a system, made of what it has told
    us, or told to a partner; 503 when something has.
    """
    limit = settings.ENV["MAX_WAIT_SECONDS"]
    waiting = {
        "waiting": {each.system: each.oldest_seconds for each in standings()},
        "notices": {each.system: each.oldest_seconds for each in left.standings()},
        "partners": {
            each.subscription.name: each.waiting.oldest_seconds for each in figures.standings() if each.active
        },
    }
    told = {kind: {name: round(s, 1) for name, s in those.items() if s > limit} for kind, those in waiting.items()}
    return JsonResponse({"limit": limit, **told}, status=503 if any(told.values()) else 200)


@login_not_required
@of_the_database
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures in Prometheus' text format, for operators, and for programs that bear METRICS_TOKEN."""
    if not bears_token(request):
        if not isinstance(request.user, User):
            return HttpResponse("Sign in, or bear a token.\n", status=401, headers={"WWW-Authenticate": "Bearer"})
        if not request.user.roles & OPERATORS:
            raise PermissionDenied
    systems = (*border_lines(standings()), *letter_lines(), *inbox_lines(), *figures.lines())
    text = "".join(f"{line}\n" for line in (*lines(healths()), *systems))
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def bears_token(request: HttpRequest) -> bool:
    """Whether the request says METRICS_TOKEN; where none is set, nothing that is said is right."""
    token = settings.ENV["METRICS_TOKEN"]
    return bool(token) and constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}")


def lines(those: list[Health]) -> Iterator[str]:
    """The text format: each figure with what it is, and its value for every read model that has one."""
    for name, about, figure in FIGURES:
        yield f"# HELP projection_{name} {about}"
        yield f"# TYPE projection_{name} gauge"
        for one in those:
            if (value := figure(one)) is not None:
                yield f'projection_{name}{{projection="{one.projection}"}} {value:g}'
    yield "# HELP log_position Position of the last event of the log."
    yield "# TYPE log_position gauge"
    yield f"log_position {max(one.head for one in those)}"


def border_lines(those: list[Standing]) -> Iterator[str]:
    """The figures of all other systems."""
    for name, kind, about, figure in BORDER_FIGURES:
        yield f"# HELP system_{name} {about}"
        yield f"# TYPE system_{name} {kind}"
        for one in those:
            yield f'system_{name}{{system="{one.system}"}} {float(figure(one)):.15g}'


def letter_lines() -> Iterator[str]:
    """How many letters of other systems had which outcome."""
    yield "# HELP system_letters_total Letters that the system has written to us, by what became of them."
    yield "# TYPE system_letters_total counter"
    for system, outcomes in letters().items():
        for outcome, number in outcomes.items():
            yield f'system_letters_total{{system="{system}",outcome="{outcome}"}} {number}'


def inbox_lines() -> Iterator[str]:
    """The figures of what other systems have told us and nothing was made of yet."""
    those = left.standings()
    for name, about, figure in INBOX_FIGURES:
        yield f"# HELP system_{name} {about}"
        yield f"# TYPE system_{name} gauge"
        for one in those:
            yield f'system_{name}{{system="{one.system}"}} {float(figure(one)):.15g}'
