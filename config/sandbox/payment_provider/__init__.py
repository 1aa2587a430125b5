"""The payment provider's sandbox: it speaks Stripe's API, keeps a ledger of its own, and calls back."""
