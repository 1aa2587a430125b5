"""Which words are stored, and who decides on them."""

from eventstore.schema import Stored
from eventstore.streams import Category
from tests.processes import errands

HELPER = Category(
    "helper",
    errands,
    key="helper",
    commands=(errands.Help, errands.Missed, errands.Confide),
    events=(
        Stored("ErrandBegun", errands.ErrandBegun),
        Stored("TimeGranted", errands.TimeGranted),
        Stored("ErrandCancelled", errands.ErrandCancelled),
        Stored("Helped", errands.Helped),
        Stored("HelperMissed", errands.HelperMissed),
        Stored("SecretTold", errands.SecretTold),
    ),
)
CATEGORIES = (HELPER,)
