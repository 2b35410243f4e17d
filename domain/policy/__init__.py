"""The rules by which an agent acts: pure functions of what is known."""
