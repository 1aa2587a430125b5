"""The processes of the shop decide twice alike: all that they have decided is what they would decide again."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.domain.roles import CUSTOMER
from eventstore.models import OwedCommand, ProcessInstance
from eventstore.process.runtime import processes
from eventstore.rest import to_rest
from orders.domain.order import CancelOrder
from tests.processes import play
from tests.projections.tripwire import tripwire
from tests.shop import KETTLE, MUG, open_shop, send, somebody

pytestmark = pytest.mark.django_db(transaction=True)


def trade() -> None:
    """A piece is missing, all goes well, another card pays, nobody wants it any more, nothing is there."""
    shipped, completed = play.place({MUG: 2, KETTLE: 1}), play.place({MUG: 1})
    for order_id, missing in ((shipped, {MUG: 1}), (completed, {})):
        play.authorize(order_id)
        (shipment_id,) = play.planned(order_id)
        play.pick(shipment_id, missing)
        play.dispatch(shipment_id)
        play.capture(order_id)
    clara = somebody(CUSTOMER)
    another_card = play.place({MUG: 1}, customer=clara)
    play.decline(another_card)
    play.pay_with_another_card(clara, another_card)
    play.authorize(another_card, attempt=2)
    cancelled = play.place({MUG: 1})
    send(CancelOrder(order_id=cancelled, reason="I have found it in the attic.", parcels=()))
    play.place({KETTLE: 9})
    to_rest()


def test_all_of_history_is_replayed_and_every_decision_is_as_it_was() -> None:
    open_shop()
    trade()
    before = sorted(ProcessInstance.objects.values_list("stream", "state", "waits", "since"))
    out = StringIO()
    with tripwire() as tried:
        call_command("replay", "--processes", stdout=out)
        call_command("replay", "--decisions", stdout=out)
    assert tried == []
    said = out.getvalue().splitlines()
    assert len(said) == 2 * len(processes())
    assert all(line.endswith(("; 0 differed.", "decides as it is recorded.")) for line in said), said
    assert sorted(ProcessInstance.objects.values_list("stream", "state", "waits", "since")) == before
    assert not OwedCommand.objects.exists()
