"""How the shop is shown to work: as equations, against real servers, and in a browser."""
