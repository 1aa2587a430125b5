"""Finance: invoices, refunds, captures that failed, and what a day brought."""
