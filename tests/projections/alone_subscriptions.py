"""Who follows the log where read models are alone with it."""

from config.subscriptions import PROJECTIONS

READERS = [reader for projection in PROJECTIONS for reader in projection.readers()]

__all__ = ["PROJECTIONS", "READERS"]
