"""What an operator reads of an agent in Temporal's Web UI."""

from domain.identity import masked
from domain.state import Mode
from workflows.session import Session


def describe(session: Session) -> str:
    """The agent in a few lines of Markdown."""
    state = session.state
    who = "**a human** has the conversation" if state.mode is Mode.OPERATOR else "the agent has the conversation"
    until = f" until {session.waits_until:%Y-%m-%d %H:%M:%S} UTC" if session.waits_until else ""
    lines = [
        f"### {masked(session.ref.phone)} at {session.ref.company}",
        f"- {state.stage.value}, {state.status.value}; {who}" + (" (handed off)" if state.handed_off else ""),
        f"- waits for {session.waits_for}{until}",
        f"- {state.sequence} messages, {state.turn} turns, {len(state.unanswered)} unanswered",
    ]
    if state.opted_out:
        lines.append("- **opted out**: is never written to on our own initiative")
    if state.trouble.tries:
        # A customer who writes again is answered as soon as they pause, without a set time.
        when = f"{state.trouble.retry_at:%H:%M:%S} UTC" if state.trouble.retry_at else "now"
        lines.append(f"- trouble: {state.trouble.tries} failed tries; next {when}")
    return "\n".join(lines)
