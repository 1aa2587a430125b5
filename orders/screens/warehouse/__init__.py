"""The screens of the warehouse: parcels, stock, and goods that come back."""
