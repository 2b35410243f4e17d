"""Run as a script by the tests: holds a stack open until killed. Prints one JSON line once it is up, or the error."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from local.errors import StackError
from local.stack import Server, embedded


async def hold(data_dir: Path, needs: set[Server]) -> None:
    async with embedded(data_dir, needs=needs, ports={}) as addresses:
        sys.stdout.write(json.dumps(asdict(addresses)) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    servers: list[Server] = ["postgres", "mongodb", "temporal"]
    try:
        asyncio.run(hold(Path(sys.argv[1]), {server for server in servers if server in sys.argv[2:]}))
    except StackError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
