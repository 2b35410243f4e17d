"""A fake of Meta's Graph API: it enforces the rules of the Cloud API, fails on command, logs all.

`python -m local.fake_graph --help` runs it; `create_app` gives it as an ASGI application, `serve` on a free port of
this process. It shares no code with `channels`, so that an error there does not hide here. Its log is what an
independent oracle compares with what customers should have received.
"""

from local.fake_graph.app import create_app
from local.fake_graph.graph import FakeGraph
from local.fake_graph.plans import Plan
from local.fake_graph.serving import Served, serve
from local.fake_graph.settings import Settings

__all__ = ["FakeGraph", "Plan", "Served", "Settings", "create_app", "serve"]
