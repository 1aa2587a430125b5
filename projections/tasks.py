"""What Celery runs for read models: the rebuilds that somebody has asked for, or a new version of the code."""

import logging

from celery import shared_task
from django.db import DatabaseError

from projections.engine import projection_named
from projections.engine.background import TurnOver, go_on, to_go_on_with
from projections.engine.erased import forget_formers
from projections.engine.rebuild import Hindered

logger = logging.getLogger(__name__)


@shared_task(name="projections.tasks.rebuild")
def rebuild(name: str, position: int) -> None:
    """Go on with the rebuild of a read model that stands at a position, for one turn, and ring for the next one."""

    def tell(reached: int, end: int) -> None:
        logger.info("%s: %d of %d", name, reached, end)

    try:
        if go_on(projection_named(name), position, tell):
            logger.info("%s was rebuilt.", name)
    except TurnOver as turn:
        rebuild.delay(name, turn.position)
    except Hindered as reason:
        logger.info("%s", reason)
    except DatabaseError as fault:
        logger.error("The rebuild of %s waits: %s", name, str(fault).strip().partition("\n")[0])


@shared_task(name="projections.tasks.renew")
def renew() -> None:
    """Ring for what has to be rebuilt: it is outdated, or a message was lost. Drop what tells of people erased."""
    forget_formers()
    for name, position in to_go_on_with().items():
        rebuild.delay(name, position)
