"""Ids that a reader can tell apart."""

from uuid import UUID

CLARA = UUID(int=0xC1A7A)  # somebody's order
DORA = UUID(int=0xD07A)
EMIL = UUID(int=0xE3117)
ORDER = UUID(int=0x07DE7)
CUSTOMER = UUID(int=0xC057)
PARCEL = UUID(int=0xBA7CE1)
PARCEL_2 = UUID(int=0xBA7CE12)
REFUND = UUID(int=0x7EF)
REFUND_2 = UUID(int=0x7EF2)
RETURN = UUID(int=0x7E7)
CANCELLATION = UUID(int=0xCA9CE1)
