"""Meta's refusals, in Meta's envelope.

Source: Meta, "WhatsApp Cloud API: Error codes" and "Graph API: Handling errors".
"""

import secrets

from pydantic import JsonValue


class GraphError(Exception):
    """A call the Graph API refuses."""

    def __init__(self, http: int, code: int, message: str, details: str | None = None, subcode: int | None = None):
        super().__init__(message)
        self.http = http
        self.code = code
        self.details = details
        self.subcode = subcode

    def envelope(self) -> dict[str, JsonValue]:
        """The body of the answer."""
        error: dict[str, JsonValue] = {
            "message": f"(#{self.code}) {self}",
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": secrets.token_urlsafe(8),
        }
        if self.details is not None:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error}


def bad_token() -> GraphError:
    """No bearer token, or one nobody was given."""
    return GraphError(401, 190, "Invalid OAuth access token.")


def foreign_number() -> GraphError:
    """The token is good, but for another number."""
    return GraphError(403, 10, "Application does not have permission for this action")


def unknown_number(number: str) -> GraphError:
    """No such phone number id."""
    message = f"Unsupported post request. Object with ID '{number}' does not exist"
    return GraphError(400, 100, message, subcode=33)


def invalid(details: str) -> GraphError:
    """A parameter that is missing or wrong."""
    return GraphError(400, 100, "Invalid parameter", details)


def unknown_message() -> GraphError:
    """A read receipt for a message no customer sent to this number."""
    return GraphError(400, 131009, "Parameter value is not valid", "No such message_id")


def unsupported_type() -> GraphError:
    """A message type this fake does not know."""
    return GraphError(400, 131051, "Unsupported message type", "This fake takes texts, read receipts and typing")


def window_closed() -> GraphError:
    """The customer has not written for 24 h."""
    details = "More than 24 hours have passed since the recipient last replied to the sender number."
    return GraphError(400, 131047, "Re-engagement message", details)


def pair_limited() -> GraphError:
    """Too many messages to one customer."""
    return GraphError(400, 131056, "(Business Account, Consumer Account) pair rate limit hit")


def throughput_reached() -> GraphError:
    """Too many messages a second from one number."""
    return GraphError(400, 130429, "Rate limit hit", "Cloud API message throughput has been reached.")
