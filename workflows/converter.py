"""How signals, states and results become JSON: pydantic's, and one for the whole process."""

from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter

_ONCE = PydanticPayloadConverter()


class _Shared(CompositePayloadConverter):
    """The SDK makes a converter for every workflow, and pydantic's compiles what it reads anew in each of them: 10 KB
    and half a millisecond an agent."""

    def __init__(self) -> None:
        super().__init__(*_ONCE.converters.values())


CONVERTER = DataConverter(payload_converter_class=_Shared)
"""For clients, workers and replays alike."""
