"""Write the golden files that are missing: `python -m tests.golden`."""

import os
import sys

import django

from config.services import unstarted

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with unstarted(os.environ):
        django.setup()
        from tests.golden.files import write_missing

        for file in write_missing():
            sys.stdout.write(f"{file.name}\n")
