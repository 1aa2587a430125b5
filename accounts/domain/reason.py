"""Reason: why somebody asks for something, in a sentence."""

from eventstore.messages import Refused

LONGEST_REASON = 500


def ask_reason(reason: str) -> None:
    """Refused, unless somebody who reads it later learns something."""
    if not reason.strip():
        raise Refused("Enter a reason.")
    if len(reason) > LONGEST_REASON:
        raise Refused("Use at most {longest} characters for the reason.", longest=LONGEST_REASON)
