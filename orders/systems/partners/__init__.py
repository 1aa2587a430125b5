"""Partners: other businesses, whose systems place and follow orders with us, and are told what happens to them."""
