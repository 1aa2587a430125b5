"""The aggregates of orders as equations, and what holds of them whatever is asked."""
