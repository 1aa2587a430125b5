"""Golden files: one for each name and schema under which events were ever stored, readable for ever.

Each holds an event's data as they are stored (what is personal lies open) and the shape that they have. After a new
schema, or a new event, `python -m tests.golden` writes the files that are missing.
"""
