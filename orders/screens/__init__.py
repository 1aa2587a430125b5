"""The screens of the shop's tasks, by who works with them."""
