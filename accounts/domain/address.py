"""Address: where a parcel goes."""

from msgspec.structs import astuple

from eventstore.messages import Message, Refused

# One of each country that we send parcels to, as it is written there.
POSTCODES = {
    "DE": "04103",
    "AT": "1010",
    "BE": "1000",
    "DK": "1050",
    "FR": "75001",
    "LU": "1009",
    "NL": "1012 AB",
}


class Address(Message):
    """Where a parcel goes."""

    recipient: str
    street: str
    postcode: str
    city: str
    country: str


def ask_address(address: Address) -> None:
    """Refused, unless a parcel can be sent there."""
    if not all(map(is_said, astuple(address))):
        raise Refused("A delivery address needs a name, a street, a postcode, a town and a country.")
    example = POSTCODES.get(address.country)
    if example is None:
        raise Refused("Choose one of the countries that we send parcels to.")
    if as_written(address.postcode, example) is None:
        raise Refused("Enter a postcode like {example}.", example=example)


def is_said(part: str) -> bool:
    """Whether a part of an address can be read on a parcel: it has a letter or a digit."""
    return any(map(str.isalnum, part))


def as_written(postcode: str, example: str) -> str | None:
    """A postcode as it is written in the country of the example, such as 1012 AB; None where it is none of theirs."""
    letters = "".join(postcode.split()).upper()
    if not letters.isascii() or shape(letters) != shape(example.replace(" ", "")):
        return None
    following = iter(letters)
    return "".join(" " if each == " " else next(following) for each in example)


def shape(postcode: str) -> str:
    """What a postcode is made of: 0 for each digit, A for each letter."""
    return "".join("0" if each.isdecimal() else "A" if each.isalpha() else each for each in postcode)
