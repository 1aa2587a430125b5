"""E-mail: what customers are told, and what becomes of it at the mail server."""
