"""JSON schemas as strict structured outputs take them: the check, and values made to fit.

The rules are those of OpenAI's guide "Structured Outputs", section "Supported schemas": the root is an object, every
property is required, `additionalProperties` is false, at most ten levels and 5,000 properties, no `oneOf` or `allOf`.
"""

from collections.abc import Iterator

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, JsonValue

_MAX_DEPTH = 10
_MAX_PROPERTIES = 5000
_FORBIDDEN = frozenset(
    "oneOf allOf not if then else dependentRequired dependentSchemas patternProperties propertyNames "
    "unevaluatedProperties unevaluatedItems prefixItems contains minProperties maxProperties uniqueItems".split()
)
_ANNOTATIONS = frozenset({"title"})


class Schema(BaseModel):
    """One node of a JSON schema; keywords not named here are in `model_extra`."""

    model_config = ConfigDict(extra="allow")

    type: str | list[str] | None = None
    properties: dict[str, "Schema"] = Field(default_factory=dict[str, "Schema"])
    required: list[str] = Field(default_factory=list[str])
    additional: "bool | Schema | None" = Field(None, alias="additionalProperties")
    items: "Schema | None" = None
    any_of: "list[Schema] | None" = Field(None, alias="anyOf")
    enum: list[JsonValue] | None = None
    const: JsonValue = None
    ref: str | None = Field(None, alias="$ref")
    defs: dict[str, "Schema"] = Field(
        default_factory=dict[str, "Schema"], validation_alias=AliasChoices("$defs", "definitions")
    )
    min_items: int = Field(0, alias="minItems")
    min_length: int = Field(0, alias="minLength")
    minimum: float = 0

    def types(self) -> list[str]:
        """The types it allows, as a list."""
        return [self.type] if isinstance(self.type, str) else self.type or []

    def resolve(self, root: "Schema") -> "Schema":
        """The node a `$ref` points to. Raises KeyError when the root defines no such name."""
        if self.ref is None:
            return self
        return root if self.ref == "#" else root.defs[self.ref.rsplit("/", 1)[-1]].resolve(root)


def violations(root: Schema) -> Iterator[str]:
    """What strict mode refuses in a schema, each worded with its place; nothing for a good one."""
    if root.types() != ["object"]:
        yield f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{root.type}\"'."
    for name, definition in root.defs.items():
        yield from _node(definition, root, ("$defs", name), 1)
    yield from _node(root, root, (), 1)
    if _count(root) > _MAX_PROPERTIES:
        yield f"the schema has more than {_MAX_PROPERTIES} properties in all."


def _node(node: Schema, root: Schema, place: tuple[str, ...], depth: int) -> Iterator[str]:
    context = f"In context={place}, "
    if depth > _MAX_DEPTH:
        yield f"{context}the schema is nested deeper than {_MAX_DEPTH} levels."
        return
    for problem in (*_keywords(node, root), *_object(node)):
        yield context + problem
    for name, child in node.properties.items():
        yield from _node(child, root, (*place, "properties", name), depth + 1)
    if node.items is not None:
        yield from _node(node.items, root, (*place, "items"), depth + 1)
    for index, variant in enumerate(node.any_of or []):
        yield from _node(variant, root, (*place, "anyOf", str(index)), depth)


def _keywords(node: Schema, root: Schema) -> Iterator[str]:
    for keyword in _FORBIDDEN & (node.model_extra or {}).keys():
        yield f"'{keyword}' is not permitted."
    if node.ref is not None:
        if beside := node.model_dump(by_alias=True, exclude_unset=True).keys() - {"$ref"} - _ANNOTATIONS:
            yield f"$ref cannot have keywords {sorted(beside)}."
        if node.ref != "#" and node.ref.rsplit("/", 1)[-1] not in root.defs:
            yield f"reference to component '{node.ref}' which was not found in the schema."
    elif not (node.types() or node.any_of or node.enum or "const" in node.model_fields_set):
        yield "schema must have a 'type' key."
    if "array" in node.types() and node.items is None:
        yield "array schema missing items."


def _object(node: Schema) -> Iterator[str]:
    if "object" not in node.types():
        return
    if node.additional is not False:
        yield "'additionalProperties' is required to be supplied and to be false."
    if missing := sorted(node.properties.keys() - set(node.required)):
        yield (
            "'required' is required to be supplied and to be an array including every key in properties. "
            f"Missing '{missing[0]}'."
        )
    if extra := sorted(set(node.required) - node.properties.keys()):
        yield f"Extra required key '{extra[0]}' supplied."


def _count(node: Schema) -> int:
    children = [
        *node.properties.values(),
        *node.defs.values(),
        *(node.any_of or []),
        *([node.items] if node.items else []),
    ]
    return len(node.properties) + sum(_count(child) for child in children)


def fit(value: JsonValue, schema: Schema, root: Schema) -> JsonValue:
    """The value made valid for a strict schema: what fits is kept, what is missing gets the smallest valid value.

    `fit(None, schema, schema)` is a minimal instance. `pattern`, `format` and upper bounds are not looked at.
    """
    node = schema.resolve(root)
    if "const" in node.model_fields_set:
        return node.const
    if node.enum is not None:
        return value if value in node.enum else node.enum[0]
    if node.any_of:
        return fit(value, _variant(value, node.any_of, root), root)
    if "null" in node.types() and value is None:
        return None
    return _fit_type(value, node, root)


def _fit_type(value: JsonValue, node: Schema, root: Schema) -> JsonValue:
    kind = next((name for name in node.types() if name != "null"), "null")
    match kind:
        case "object":
            given = value if isinstance(value, dict) else {}
            return {name: fit(given.get(name), child, root) for name, child in node.properties.items()}
        case "array" if node.items is not None:
            elements = value if isinstance(value, list) else [None] * node.min_items
            return [fit(element, node.items, root) for element in elements]
        case "string":
            return value if isinstance(value, str) else "-" * node.min_length
        case "integer" | "number":
            return (
                value if isinstance(value, (int, float)) else int(node.minimum) if kind == "integer" else node.minimum
            )
        case "boolean":
            return value is True
        case _:
            return None


def _variant(value: JsonValue, variants: list[Schema], root: Schema) -> Schema:
    resolved = [variant.resolve(root) for variant in variants]
    return next((variant for variant in resolved if _accepts(value, variant)), resolved[0])


def _accepts(value: JsonValue, node: Schema) -> bool:
    if value is None:
        return "null" in node.types()
    if isinstance(value, dict):
        tags = {name: child.const for name, child in node.properties.items() if "const" in child.model_fields_set}
        return "object" in node.types() and all(value.get(name) == tag for name, tag in tags.items())
    if node.enum is not None:
        return value in node.enum
    names = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array"}
    return names[type(value)] in node.types()
