"""The settings of an installation with newer code: its products are of version 2, and say so."""

from config.settings import *  # noqa: F403  # the settings that it differs from
from config.settings import EVENTSTORE as OLDER

EVENTSTORE = OLDER | {"SUBSCRIPTIONS": "tests.projections.newer_subscriptions"}
