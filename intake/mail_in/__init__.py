"""Reading mail that comes in: pure, without a database."""
