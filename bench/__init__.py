"""The benchmark: `python -m bench`. What it measures, how, and what it leaves out is said in `bench/__main__.py`."""
