"""The demo organisation: believable people and four months of their requests."""
