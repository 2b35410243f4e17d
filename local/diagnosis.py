"""Turns an exit status and the last lines of a log into one sentence that says what to do."""

import re
import signal
from collections.abc import Sequence

_MISSING_LIBRARY = re.compile(r"error while loading shared libraries: ([^\s:]+)")
_PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
}
_CAUSES = (
    (re.compile(r"version [`']?GLIBC"), "this Linux is older than the packaged server needs"),
    (re.compile(r"address already in use", re.IGNORECASE), "another program took its port; start again"),
    (re.compile(r"no space left on device", re.IGNORECASE), "the disk is full"),
    (re.compile(r"could not look up effective user ID"), "this user id has no line in /etc/passwd; add one"),
    (re.compile(r"could not create shared memory segment"), "shared memory is exhausted (docker run --shm-size 256m)"),
)


def ending(status: int) -> str:
    """How a process ended, in words. `status` is negative for a signal, as in `subprocess`."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"


def cause(status: int, log_tail: Sequence[str]) -> str:
    """The reason in one clause: a known one if the log shows it, else the log's last line."""
    text = "\n".join(log_tail)
    if library := _MISSING_LIBRARY.search(text):
        package = _PACKAGES.get(library[1])
        return f"{library[1]} is missing here" + (f"; run `apt-get install {package}`" if package else "")
    if status == -signal.SIGILL:
        return "this processor lacks the instructions it needs (AVX)"
    for pattern, sentence in _CAUSES:
        if pattern.search(text):
            return sentence
    return log_tail[-1] if log_tail else "it wrote nothing"
