"""Operations: what the machinery does, and what of it waits for somebody; the catalogue."""

from accounts.domain.roles import OPERATORS
from orders.screens.task import only

for_operators = only(*OPERATORS)
