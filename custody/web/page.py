"""The requests as an OpenAPI page for other people's programs: docs/openapi.json (docs/spec/24-network.md)."""

from __future__ import annotations

from typing import Any

from custody.web.saying import MOST_PUSH, ROUTES, TYPE, Ask

_HEX = {"pattern": "^[0-9a-f]{64}$", "type": "string"}
_COUNT = {"minimum": 0, "type": "integer"}
_TEXT = {"type": "string"}
_SIGNED = {
    "Content-Digest": "NET-2: SHA-256 of the body (RFC 9530).",
    "Signature-Input": "NET-1: what is signed, when, and by which device key (RFC 9421).",
    "Signature": "NET-3: the Ed25519 signature (RFC 9421).",
}


def openapi() -> dict[str, Any]:
    """The page, an OpenAPI 3.1 document."""
    paths: dict[str, dict[str, Any]] = {}
    for one in ROUTES:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "components": {"schemas": _schemas()},
        "info": {
            "description": "docs/spec/24-network.md says what each part means and how requests are signed; docs/spec/23-bundles.md what a "
            "bundle holds.",
            "title": "custody: the office over the network",
            "version": "v1",
        },
        "openapi": "3.1.0",
        "paths": paths,
    }


def _operation(one: Ask) -> dict[str, Any]:
    signed = [{"description": said, "in": "header", "name": name, "required": True, "schema": _TEXT} for name, said in _SIGNED.items()]
    told: dict[str, Any] = {
        "operationId": one.name,
        "parameters": [*one.parameters, *(signed if one.signed else [])],
        "responses": {str(status): _response(status, what) for status, what in one.answers.items()},
        "summary": one.does,
    }
    if one.method == "POST":
        told["requestBody"] = {"content": {TYPE: {"schema": {"maxLength": MOST_PUSH, "type": "string"}}}, "required": True}
    return told


def _response(status: int, what: str) -> dict[str, Any]:
    """What comes with a status: the words of a refusal, or the name of what is given."""
    if status == 304:
        return {"description": what}
    if status >= 400:
        return {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/refusal"}}}, "description": what}
    if what in _schemas():
        return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{what}"}}}, "description": f"See {what}."}
    bundle = status == 206 or what == "bundle"
    kind = TYPE if bundle else "text/plain; charset=utf-8"
    headers = {"headers": {"ETag": {"description": "The tag of these bytes.", "schema": _TEXT}}} if bundle else {}
    return {"content": {kind: {"schema": _TEXT}}, "description": what, **headers}


def _schemas() -> dict[str, Any]:
    refused = _object(code=_TEXT, facts=_TEXT, leaf=_HEX, sid=_HEX)
    return {
        "brought": _object(
            known=_COUNT,
            missing={"type": ["integer", "null"]},
            refused={"items": refused, "type": "array"},
            statements=_COUNT,
            stranger={"type": ["string", "null"]},
            whole={"type": "boolean"},
        ),
        "health": _object(at=_TEXT, ledger=_HEX),
        "refusal": _object(code=_TEXT, facts={"type": "object"}),
    }


def _object(**fields: Any) -> dict[str, Any]:
    return {"additionalProperties": False, "properties": fields, "required": sorted(fields), "type": "object"}
