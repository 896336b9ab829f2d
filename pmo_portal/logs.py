"""Log lines with the id of the request: for people on a terminal, or JSON to be gathered."""

from collections.abc import MutableMapping
from typing import Any

import structlog


def with_request(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the id that the error page and the answer's header show."""
    # Logging is set up before the apps that the middleware needs.
    from pmo_portal.middleware import request_id

    if number := request_id.get():
        line["request_id"] = number
    return line


def formatter() -> structlog.stdlib.ProcessorFormatter:
    """One JSON object a line, times in UTC; made by logging.config."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            with_request,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False),
        ],
    )
