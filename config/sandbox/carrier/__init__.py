"""The sandbox of the carrier: it speaks EasyPost's API, makes labels, moves parcels along, and tells of that."""
