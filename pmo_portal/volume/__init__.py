"""Filling a database with plausible requests by the hundred thousand, to measure and to try.

`world` makes people, services and promises through their services. `stories` decides what happens
to a request and when; `life` does it on paper, as the services would have, and `sheets` carries
the rows to the database in bulk.
"""
