"""`python -m local.simulated_openai --port 8801 [--latency 0.6]`: the simulated OpenAI on 127.0.0.1."""

import argparse
import asyncio

from local.simulated_openai.serving import HOST, run
from local.simulated_openai.settings import Settings


def main() -> None:
    """Serve until interrupted. Point the client at `http://127.0.0.1:PORT/v1`, with any API key."""
    parser = argparse.ArgumentParser(prog="python -m local.simulated_openai", description=__doc__)
    parser.add_argument("--port", type=int, default=8801, help=f"port on {HOST} (default 8801)")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds of thinking per answer (default 0)")
    arguments = parser.parse_args()
    asyncio.run(run(Settings(latency_seconds=arguments.latency), arguments.port))


if __name__ == "__main__":
    main()
