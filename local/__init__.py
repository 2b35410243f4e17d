"""Real servers for `make run` and the tests, from Python wheels: PostgreSQL, MongoDB and Temporal without Docker."""
