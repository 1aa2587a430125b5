"""Who signs in, which roles they hold, and the customer as the shop knows them."""
