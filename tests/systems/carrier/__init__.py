"""The carrier: its sandbox, the adapter, and what becomes of parcels."""
