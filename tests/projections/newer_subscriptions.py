"""Who follows the log in an installation with newer code."""

from typing import Any

from config import subscriptions
from projections.products import PROJECTION, Product
from tests.projections.rooms import other


def project(row: Product | None, fact: Any, sku: str) -> Product | None:
    """As before, with the number before the name."""
    product = PROJECTION.project(row, fact, sku)
    return product and product.but(name=f"[{sku}] {product.name.removeprefix(f'[{sku}] ')}")


NEWER = other(PROJECTION, version=2, project=project)
PROJECTIONS = (NEWER, *(each for each in subscriptions.PROJECTIONS if each is not PROJECTION))
READERS = [reader for projection in PROJECTIONS for reader in projection.readers()]
