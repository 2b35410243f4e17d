"""`python -m local.fake_graph --port 8090 --webhook-url http://127.0.0.1:8000/api/whatsapp/webhook --app-secret S`."""

import argparse
from pathlib import Path

import uvicorn

from local.fake_graph.app import create_app
from local.fake_graph.settings import Settings


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.fake_graph", description="A fake of Meta's Graph API.")
    parser.add_argument("--host", default="127.0.0.1", help="the control API has no key: keep it local")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--webhook-url", required=True, help="where inbound messages and statuses are posted")
    parser.add_argument("--app-secret", required=True, help="signs the webhooks")
    parser.add_argument(
        "--number", action="append", default=[], metavar="ID=TOKEN", help="a business number; repeatable"
    )
    parser.add_argument("--statuses", metavar="NAMES", help="status webhooks of each message, e.g. sent,delivered,read")
    parser.add_argument("--no-window", action="store_true", help="do not enforce the 24 h window")
    parser.add_argument("--pair-limit", action="store_true", help="enforce the limit per customer")
    parser.add_argument("--throughput", type=int, metavar="N", help="messages per second and number")
    parser.add_argument("--log", type=Path, metavar="FILE", help="append the log to this JSONL file")
    return parser.parse_args()


def _settings(arguments: argparse.Namespace) -> Settings:
    given = {
        "webhook_url": arguments.webhook_url,
        "app_secret": arguments.app_secret,
        "numbers": dict(pair.split("=", 1) for pair in arguments.number),
        "statuses": arguments.statuses.split(",") if arguments.statuses else None,
        "window": not arguments.no_window,
        "pair_limit": arguments.pair_limit,
        "throughput": arguments.throughput,
        "log_file": arguments.log,
    }
    return Settings.model_validate({name: value for name, value in given.items() if value not in (None, {})})


def main() -> None:
    """Runs the fake until it is stopped."""
    arguments = _arguments()
    uvicorn.run(create_app(_settings(arguments)), host=arguments.host, port=arguments.port, log_level="warning")


if __name__ == "__main__":
    main()
