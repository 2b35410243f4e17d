"""The servers of other tests may run in this very process: what was there before a test is none of its business."""

import psutil
import pytest

from tests.local import support


@pytest.fixture(autouse=True)
def _others() -> None:
    support.OTHERS.clear()
    support.OTHERS.update(child.pid for child in psutil.Process().children())
