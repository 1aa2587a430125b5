"""Reasons: why somebody does something. They are chosen and never typed, as what is typed may name a person, for ever.

Whoever reads one reads it in their own language. Each of them is what the events keep.
"""

from typing import Literal

type NotWanted = Literal["ordered_by_mistake", "takes_too_long", "found_elsewhere", "not_needed", "other"]

OTHER = "There is another reason."

NOT_WANTED: dict[NotWanted, str] = {
    "ordered_by_mistake": "It was ordered by mistake.",
    "takes_too_long": "It takes too long.",
    "found_elsewhere": "It was found elsewhere.",
    "not_needed": "It is not needed any more.",
    "other": OTHER,
}
HELD = (
    "We have a question about the order.",
    "We have a question about the address.",
    "The payment is being checked.",
    "It is to leave later, as was agreed.",
    OTHER,
)
PARCEL_STOPPED = (
    "The goods are damaged.",
    "The goods cannot be found.",
    "The address is wrong.",
    "The customer has asked for it.",
    "It has to be packed anew.",
    OTHER,
)
RETURN_REJECTED = (
    "The goods were used.",
    "These goods cannot be returned.",
    "The goods are not from this order.",
    "It is too late to return them.",
    OTHER,
)
GOODWILL = (
    "It came late.",
    "Something was missing.",
    "The goods were not as they should be.",
    "We made a mistake.",
    OTHER,
)
REFUND_REJECTED = (
    "It is more than was agreed.",
    "It was refunded before.",
    "The goods were as they should be.",
    OTHER,
)
# Money that went another way went all the same.
PAID_OTHERWISE = "It was paid in another way."
REFUND_WRITTEN_OFF = (
    PAID_OTHERWISE,
    "It was agreed with the customer.",
    "The customer cannot be found.",
    OTHER,
)
MONEY_WRITTEN_OFF = (
    "The customer cannot pay.",
    "The customer cannot be found.",
    "It was agreed with the customer.",
    PAID_OTHERWISE,
    "To collect it would cost more than it brings.",
    OTHER,
)
STOCK_WRITTEN_OFF = (
    "It is damaged.",
    "It is past its date.",
    "It cannot be found.",
    "It was given away.",
    OTHER,
)
SUSPENDED = (
    "Invoices are unpaid.",
    "Somebody else seems to use the account.",
    "Too many parcels have come back.",
    "The customer has asked for it.",
    OTHER,
)
REINSTATED = (
    "The invoices are paid.",
    "It has been cleared up.",
    "The suspension was a mistake.",
    OTHER,
)
