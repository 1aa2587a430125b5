"""After an import the shop's processes go on, those included that have had nothing to decide on so far."""

from io import BytesIO

import pytest

from eventstore import transfer
from eventstore.models import Checkpoint, DueDeadline, Effect, Noticed, OwedCommand, Parked, PersonKey, ProcessInstance
from eventstore.rest import to_rest
from orders.domain import order
from tests.log_room import empty
from tests.processes import play
from tests.shop import MUG, open_shop, send

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = (ProcessInstance, Noticed, OwedCommand, DueDeadline, Effect, Checkpoint, Parked, PersonKey)


def move_to_another_database() -> None:
    """Export the log, and import it where there is nothing."""
    file = BytesIO()
    transfer.export_log(file)
    empty()
    for model in KEPT:
        model._default_manager.all().delete()
    file.seek(0)
    transfer.import_log(file)


def test_an_order_from_before_the_import_is_cancelled_with_all_that_belongs_to_it() -> None:
    open_shop()
    order_id = play.place({MUG: 2})
    play.authorize(order_id)
    assert play.item(MUG).available == 38
    move_to_another_database()
    to_rest()
    parcels = tuple(order.Parcel(stage="planned", pieces={MUG: 2}) for _ in play.planned(order_id))
    send(order.CancelOrder(order_id=order_id, reason="I cannot wait.", parcels=parcels))
    to_rest()
    assert play.names(order_id)[-3:] == ["AuthorizationVoided", "ShipmentCancelled", "ReservationReleased"]
    assert play.item(MUG).available == 40
