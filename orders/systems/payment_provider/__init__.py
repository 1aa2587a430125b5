"""The payment provider: holds amounts on cards, takes and releases them, and gives them back."""
