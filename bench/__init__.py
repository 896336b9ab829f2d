"""Speed, measured beside the least that could do the job (docs/performance.md).

`python -m bench` serves the portal and a bare Django application alike, on databases of several
sizes, and compares processor time, waiting time, queries and bytes in one run.
"""
