"""The shop that is measured: a demo's, but with its files collected and compressed as those of an installation are."""

import os
from pathlib import Path

from config import settings
from config.settings import *  # noqa: F403  # all of them, but those below

STATIC_ROOT = Path(os.environ["BENCHMARK_FILES"])
STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False
ROOT_URLCONF = "tests.benchmarks.trivial"
