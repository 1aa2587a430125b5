"""Moment: a point in time, the same everywhere, as it says its offset from UTC."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

type Moment = Annotated[datetime, Meta(tz=True)]
