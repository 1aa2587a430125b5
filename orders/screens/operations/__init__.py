"""Operations: what the machinery does, and what of it waits for somebody; the catalogue."""

from accounts.domain.roles import ADMIN, OPERATIONS
from orders.screens.task import only

for_operators = only(OPERATIONS, ADMIN)
