"""The borders to other systems: the payment provider, the carrier, e-mail, and partners who listen and order."""
