"""Files that people send: what we take, and where it lies. Knows no request."""
