"""A company file: YAML in, a checked company out. Every fault is told at once, with its line, in an owner's words."""

import difflib
from collections.abc import Callable, Mapping
from typing import cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.company import (
    CloudApiChannel,
    CompanyFile,
    Pacing,
    Product,
    SimulatorChannel,
    Voice,
    product_clashes,
)
from domain.errors import Fault, InvalidCompanyFile
from domain.located_yaml import Located, Path, Unreadable, Value, read

_BLOCKS: Mapping[str, tuple[type[BaseModel], ...]] = {
    "": (CompanyFile,),
    "voice": (Voice,),
    "pacing": (Pacing,),
    "products": (Product,),
    "channel": (SimulatorChannel, CloudApiChannel),
}
_SECRETS = frozenset(["access_token"])
_LIST = "must be a list: each item on a line of its own that begins with '- '"
_BLOCK = "must be a block of 'name: value' lines, indented below it"
_NUMBER = "{value} is not a number; write it like 1990 or 1990.50, without currency and thousands separators"

_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "string_too_short": "is empty",
    "string_too_long": "is too long: at most {max_length} characters fit",
    "string_pattern_mismatch": "{value} does not fit. {description}",
    "too_long": "has {actual_length} items; at most {max_length} fit",
    "list_type": _LIST,
    "model_type": _BLOCK,
    "model_attributes_type": _BLOCK,
    "dict_type": _BLOCK,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "int_type": _NUMBER,
    "int_parsing": "{value} is not a whole number",
    "int_parsing_size": "{value} is too large",
    "int_from_float": "{value} is not a whole number",
    "decimal_max_places": "{value} has more than {decimal_places} decimals",
    "decimal_max_digits": "{value} is too large: at most {max_digits} digits fit",
    "decimal_whole_digits": "{value} is too large: at most {whole_digits} digits fit before the point",
    "greater_than_equal": "{value} is too small: it must be at least {ge}",
    "less_than_equal": "{value} is too large: it must be at most {le}",
    "bool_type": "must be true or false",
    "bool_parsing": "{value} is neither true nor false",
    "url_type": "must be a web address like https://example.com/page",
    "url_parsing": "{value} is not a web address; write it like https://example.com/page",
    "url_scheme": "{value} must begin with https:// or http://",
    "url_too_long": "is too long for a web address: at most {max_length} characters fit",
    "union_tag_invalid": "{tag!r} is no kind of channel; choose simulator or cloud_api",
    "union_tag_not_found": "needs a line 'kind: simulator' or 'kind: cloud_api'",
}
"""What pydantic's error types mean to an owner; `{...}` are the error's own context, the value and the description."""


def parse_company_file(name: str, text: str) -> CompanyFile:
    """The company in a file's text; `name` is how messages call the file.

    Raises `InvalidCompanyFile` with every fault at once; nothing is guessed and no part is applied. Takes up to a few
    seconds for the largest file: in a server, call it in a thread.
    """
    try:
        located = read(text)
    except Unreadable as error:
        raise InvalidCompanyFile(name, [error.fault]) from error
    if not isinstance(located.value, dict):
        why = "is empty" if located.value is None else "must begin with lines like 'id: my-company'"
        raise InvalidCompanyFile(name, [Fault(1, "the file", why)])
    given = cast("dict[str, Value]", _without_nulls(located.value))
    try:
        company = CompanyFile.model_validate(given)
    except ValidationError as error:
        raise InvalidCompanyFile(name, _faults(located, given, error.errors(include_url=False))) from None
    if located.faults:
        raise InvalidCompanyFile(name, _faults(located, given, []))
    return company


def _without_nulls(value: Value) -> Value:
    """A name with nothing behind it counts as not written, as an owner means it who has emptied a field."""
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


def _faults(located: Located, given: dict[str, Value], errors: list[ErrorDetails]) -> list[Fault]:
    """In the order of the file, one for each field: the first cause of a fault hides what follows from it."""
    whys = dict(reversed(located.faults))
    for error in errors:
        path = _written(error, given)
        whys.setdefault(path, _why(error, path))
    for path, why in _clashes(given):
        whys.setdefault(path, why)
    faults = [Fault(_line(located, path), _spelled(path), why) for path, why in whys.items()]
    return sorted(faults, key=lambda fault: fault.line or 0)


def _clashes(given: dict[str, Value]) -> list[tuple[Path, str]]:
    """Told even where another fault keeps the model from looking that far."""
    products = given.get("products")
    blocks = [each if isinstance(each, dict) else {} for each in products] if isinstance(products, list) else []
    pairs = [(_text(block.get("sku")), _text(block.get("currency"))) for block in blocks]
    return [
        (("products", index, field), why) for index, field, why in product_clashes(_text(given.get("currency")), pairs)
    ]


def _text(value: Value) -> str | None:
    return value.strip() if isinstance(value, str) else None


def _written(error: ErrorDetails, given: Value) -> Path:
    """pydantic's path as the file has it: a union adds the chosen kind to the path, which is not in the file."""
    path: list[str | int] = []
    here: Value = given
    for number, part in enumerate(error["loc"], 1):
        if isinstance(here, dict) and isinstance(part, str) and part in here:
            here = here[part]
        elif isinstance(here, list) and isinstance(part, int):
            here = here[part]
        elif number < len(error["loc"]):
            continue
        path.append(part)
    return (*path, "kind") if error["type"] == "union_tag_invalid" else tuple(path)


def _line(located: Located, path: Path) -> int:
    """The field's own line; for one that is missing, the line of the block it is missing from."""
    while path not in located.lines:
        path = path[:-1]
    return located.lines[path]


def _spelled(path: Path) -> str:
    """`products[#3].price` is the third product's price: owners count from one."""
    text = "".join(f"[#{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the file"


def _why(error: ErrorDetails, path: Path) -> str:
    if error["type"] in _SPECIAL:
        return _SPECIAL[error["type"]](error, path)
    words = _WORDS.get(error["type"])
    if words is None:
        return error["msg"].replace("Input should be", "must be").removeprefix("Value error, ")
    context = {key: value for key, value in error.get("ctx", {}).items() if key != "description"}
    return words.format_map({**context, "value": _shown(error["input"], path), "description": _description(path)})


def _unknown(error: ErrorDetails, path: Path) -> str:
    names = sorted({name for model in _models(path) for name in model.model_fields})
    close = difflib.get_close_matches(str(path[-1]), names, n=1)
    advice = f"did you mean {close[0]}?" if close else f"known here: {', '.join(names)}"
    return f"is no setting of a company file; {advice}"


def _not_text(error: ErrorDetails, path: Path) -> str:
    if error["input"] is None:
        return "is empty; write a text behind the '-', or delete the line"
    if isinstance(error["input"], dict):
        return "is read as 'name: value' because of its colon; put the text in quotes"
    return "must be one text, not a list"


_SPECIAL: Mapping[str, Callable[[ErrorDetails, Path], str]] = {
    "extra_forbidden": _unknown,
    "string_type": _not_text,
}


def _models(path: Path) -> tuple[type[BaseModel], ...]:
    """The models whose fields may stand in the block around `path`."""
    around = [part for part in path[:-1] if isinstance(part, str)]
    return _BLOCKS.get(around[-1] if around else "", ())


def _description(path: Path) -> str:
    for model in _models(path):
        if (known := model.model_fields.get(str(path[-1]))) and known.description:
            return f"Expected: {known.description}"
    return ""


def _shown(value: object, path: Path) -> str:
    """The value as it was written, unless it is secret or long."""
    if _SECRETS.intersection(path) or not isinstance(value, str):
        return "this"
    return repr(value if len(value) <= 60 else f"{value[:60]}…")
