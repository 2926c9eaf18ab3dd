"""The types of the API for the studio, written by openapi-typescript from what the server says of itself."""

import json
import tempfile
from pathlib import Path
from typing import Any

from comfyvn.interfaces.studio.building import PACKAGES, STUDIO, install_packages, run_node

TYPES = STUDIO / "src" / "api" / "schema.ts"


def written(document: dict[str, Any]) -> str:
    """Return the types of an OpenAPI document: its paths with what they take and what they answer when all is well.

    Errors are left out, as the studio reads them all in one place; so are the texts.
    """
    paths = {path: _lean(methods) for path, methods in document["paths"].items()}
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "openapi.json"), Path(folder, "schema.ts")
        source.write_text(json.dumps({**document, "paths": paths}), encoding="utf-8")
        install_packages()
        run_node(
            PACKAGES / "openapi-typescript" / "bin" / "cli.js",
            source,
            "--output",
            target,
            "--default-non-nullable",
            "false",
        )
        return target.read_text(encoding="utf-8")


def _lean(methods: dict[str, Any]) -> dict[str, Any]:
    return {method: _route(route) for method, route in methods.items()}


def _route(route: dict[str, Any]) -> dict[str, Any]:
    well = {status: answer for status, answer in route["responses"].items() if status.startswith("2")}
    kept = {key: value for key, value in route.items() if key not in ("summary", "description", "operationId", "tags")}
    asked = [
        {key: value for key, value in parameter.items() if key != "description"}
        for parameter in route.get("parameters", ())
        if parameter["in"] != "header"
    ]
    return {**kept, "parameters": asked, "responses": well}
