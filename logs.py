"""Logs: one JSON object a line on stderr, without message text, phones or tokens."""

import logging
import re
import sys
from typing import Any

import structlog

_JSON = structlog.processors.JSONRenderer(ensure_ascii=False)
_PHONE = re.compile(r"\+[1-9][0-9]{2,10}(?=[0-9]{4}\b)")


def _render(logger: Any, name: str, event: structlog.typing.EventDict) -> str:
    """One line of JSON with every phone cut to its last four digits: Temporal's own records name the workflow id."""
    return _PHONE.sub("+…", str(_JSON(logger, name, event)))


def configure(*, level: int = logging.INFO) -> None:
    """Sends structlog's and the standard library's records (Temporal's, uvicorn's) through one formatter."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _render,
            ],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # httpx2 logs each request's address, and a Graph address may carry a customer's media.
    for noisy in ("httpx2", "httpcore2", "openai", "pymongo"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
