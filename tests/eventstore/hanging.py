"""The settings of an installation in which a reader hangs."""

from config.settings import *  # noqa: F403  # the settings that it differs from
from config.settings import EVENTSTORE as SOUND

EVENTSTORE = SOUND | {"SUBSCRIPTIONS": "tests.eventstore.hanging_subscriptions"}
