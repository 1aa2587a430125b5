"""E-mail claim: an address belongs to one customer at a time."""

from uuid import UUID

from accounts.domain import email_claim
from accounts.domain.email_claim import ClaimEmail, EmailClaimed, EmailReleased, ReleaseEmail
from tests.scenario import Scenario

ADDRESS = "9f86d081"
CLARA, DORA = UUID(int=1), UUID(int=2)
CLAIMED = EmailClaimed(address=ADDRESS, customer_id=CLARA)
RELEASED = EmailReleased(address=ADDRESS, customer_id=CLARA)


def test_a_free_address_is_claimed() -> None:
    Scenario(email_claim).when(ClaimEmail(address=ADDRESS, customer_id=CLARA)).then(CLAIMED)


def test_it_belongs_to_one_at_a_time() -> None:
    Scenario(email_claim).given(CLAIMED).when(ClaimEmail(address=ADDRESS, customer_id=DORA)).refused(
        "Somebody else uses this e-mail address already."
    )


def test_whoever_has_it_has_it() -> None:
    Scenario(email_claim).given(CLAIMED).when(ClaimEmail(address=ADDRESS, customer_id=CLARA)).then()


def test_a_released_address_is_free_for_anybody() -> None:
    Scenario(email_claim).given(CLAIMED).when(ReleaseEmail(address=ADDRESS, customer_id=CLARA)).then(RELEASED)
    Scenario(email_claim).given(CLAIMED, RELEASED).when(ClaimEmail(address=ADDRESS, customer_id=DORA)).then(
        EmailClaimed(address=ADDRESS, customer_id=DORA)
    )


def test_nobody_releases_what_is_not_theirs() -> None:
    Scenario(email_claim).given(CLAIMED).when(ReleaseEmail(address=ADDRESS, customer_id=DORA)).then()
    Scenario(email_claim).when(ReleaseEmail(address=ADDRESS, customer_id=CLARA)).then()


def test_everybody_claims_for_themself() -> None:
    taken = Scenario(email_claim).given(CLAIMED).state
    assert email_claim.owner(ClaimEmail(address=ADDRESS, customer_id=DORA), taken) == DORA
