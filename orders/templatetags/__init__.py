"""Words and numbers as screens show them."""
