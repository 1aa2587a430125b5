"""The carrier: labels are bought and given back there, and it says where parcels are."""
