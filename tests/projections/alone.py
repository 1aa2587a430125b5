"""The settings of an installation in which read models follow the log, and no process does anything by itself."""

from config.settings import *  # noqa: F403  # the settings that it differs from
from config.settings import EVENTSTORE as WHOLE

EVENTSTORE = WHOLE | {"SUBSCRIPTIONS": "tests.projections.alone_subscriptions"}
