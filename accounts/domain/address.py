"""Address: where a parcel goes."""

from msgspec.structs import astuple

from eventstore.messages import Message, Refused


class Address(Message):
    """Where a parcel goes."""

    recipient: str
    street: str
    postcode: str
    city: str
    country: str


def ask_address(address: Address) -> None:
    """Refused, unless a parcel can be sent there."""
    if not all(map(str.strip, astuple(address))):
        raise Refused("A delivery address needs a name, a street, a postcode, a town and a country.")
