"""The OpenAPI description, made from the same types that are read and written."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from filo.api.problems import Problem

REF = "#/components/schemas/{name}"
READING = (401, 403, 404, 422, 429, 503)
WRITING = (401, 403, 404, 409, 413, 415, 422, 429, 503)
IDEMPOTENCY_KEY: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same key again within 24 hours is told the same and does nothing.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_shapes: list[Any] = [Problem]


def answers(shape: Any, *also: int) -> dict[str, Any]:
    """What a read tells; `also` are errors that not every read knows."""
    return {"responses": _responses({200: shape}, (*READING, *also))}


def takes(body: Any, told: dict[int, Any]) -> dict[str, Any]:
    """What a write reads (None: nothing) and tells, by status."""
    described: dict[str, Any] = {
        "responses": _responses(told, WRITING),
        "parameters": [IDEMPOTENCY_KEY],
    }
    if body is not None:
        described["requestBody"] = {"required": True, "content": _content(body)}
    return described


def _responses(told: dict[int, Any], errors: tuple[int, ...]) -> dict[Any, Any]:
    good = {
        status: {"description": HTTPStatus(status).phrase, "content": _content(shape)}
        for status, shape in told.items()
    }
    bad = {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": _content(Problem, "application/problem+json"),
        }
        for status in errors
    }
    return {**good, **dict(sorted(bad.items()))}


def _content(shape: Any, kind: str = "application/json") -> dict[str, Any]:
    if shape not in _shapes:
        _shapes.append(shape)
    [schema], _ = msgspec.json.schema_components([shape], schema_hook=_anything, ref_template=REF)
    return {kind: {"schema": schema}}


def _anything(kind: type) -> dict[str, Any]:
    if kind is object:
        return {"description": "Any JSON value."}
    raise NotImplementedError


class Described(NinjaAPI):
    """The framework's API, whose description also holds our own types."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        described = super().get_openapi_schema(**given)
        _, components = msgspec.json.schema_components(
            _shapes, schema_hook=_anything, ref_template=REF
        )
        described["components"]["schemas"].update(dict(sorted(components.items())))
        return described

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__
