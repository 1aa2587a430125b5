# The tasks of this project: `uv run just` lists them, and CI calls the same ones.

[private]
list:
    @just --list --unsorted

# Install the locked dependencies and the pre-commit hook
setup:
    uv sync --locked
    uv run pre-commit install

# Start the whole shop on this machine; Ctrl-C ends it
demo *arguments:
    uv run manage.py demo {{ arguments }}

# Run the tests
test *arguments:
    uv run pytest {{ arguments }}

# Bring Python and templates into their form
format:
    uv run ruff check --fix .
    uv run ruff format .
    uv run djlint --reformat --quiet templates

# Python: rules and form
lint:
    uv run ruff check .
    uv run ruff format --check .

# Types, and no forgotten case in any match
types: (with-settings "mypy")

# Rooms and floors: who may import whom
contracts:
    uv run lint-imports --no-logo

# No database is asked what it has seen of them, of which Django would warn.
# Migrations in step with the models
migrations: (with-settings "python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run")

# Templates: rules and form
templates:
    uv run djlint --lint --quiet templates
    uv run djlint --check templates

# Django's own questions about an installation
deploy-check: (with-settings "manage.py check --deploy --fail-level WARNING")

# Change what is pure in thousands of places, and see whether a test says so; best in a copy of the tree
mutations *arguments: (with-settings "--with mutmut==3.8.1 mutmut run --max-children 2 " + arguments)

# All checks
[parallel]
check: lint types contracts migrations templates deploy-check

# What CI does once the machine is ready
ci: check test

# An installation's settings that open nothing: for tools that have to read them, and touch no service.
[env("ALLOWED_HOSTS", "shop.example")]
[env("DATABASE_URL", "postgresql://localhost/none")]
[env("MAIL_URL", "smtp://localhost")]
[env("PERSONAL_DATA_KEYS", "none:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
[env("REDIS_URL", "redis://localhost/0")]
[env("SECRET_KEY", uuid() + uuid())]
[private]
with-settings command:
    uv run {{ command }}
