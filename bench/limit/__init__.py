"""The limit: a bare Django application over the smallest tables that can do the job."""
