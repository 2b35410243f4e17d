"""The API's description of itself."""

from openapi_spec_validator import validate

from tests.api.support import Client


async def test_the_description_is_valid_and_complete(nobody: Client) -> None:
    schema = await nobody.get("/api/openapi.json")
    validate(schema)
    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }
    names = [operation["operationId"] for operation in operations.values()]
    assert len(set(names)) == len(names)
    assert all(operation["tags"] and operation["description"] for operation in operations.values())
    unprotected = {name for name, operation in operations.items() if not operation.get("security")}
    assert unprotected == {"GET /api/health", "GET /api/whatsapp/webhook", "POST /api/whatsapp/webhook"}
    assert set(schema["components"]["securitySchemes"]) == {"bearer", "apiKey"}
    assert "HTTPValidationError" not in schema["components"]["schemas"]
    failures = [
        response
        for operation in operations.values()
        for status, response in operation["responses"].items()
        if status >= "400" and operation["tags"] != ["health"]
    ]
    assert all(list(failure["content"]) == ["application/problem+json"] for failure in failures)


async def test_there_is_no_page_that_loads_from_a_cdn(nobody: Client) -> None:
    await nobody.get("/docs", 404)
    await nobody.get("/redoc", 404)
