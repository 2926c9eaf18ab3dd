"""Words that other image generators leave: the Stable Diffusion web UI and its kin, InvokeAI, SwarmUI, NovelAI."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from comfyvn.infrastructure.media.claims.claim import MAX_WORDS, Claim, claim, hashed, scalars, seed, short

_LAST_LINE: Final = re.compile(r"(?m)^Steps: \d{1,6}, ")
_SETTING: Final = re.compile(r'\s*([A-Za-z][\w /-]{0,60}):\s*("(?:\\.|[^"\\]){0,4000}"|[^,]{0,1000})(?:,|$)')
_NEGATIVE: Final = re.compile(r"(?m)^Negative prompt:")


def from_texts(texts: Mapping[str, str]) -> Claim | None:
    """Return what one of these generators says in the texts of a file; None where none of them does."""
    if "invokeai_metadata" in texts:
        return _invoke(_object(texts["invokeai_metadata"]))
    parameters = texts.get("parameters", "")
    if parameters.lstrip().startswith("{") and "sui_image_params" in parameters:
        return _swarm(_object(parameters).get("sui_image_params"))
    if texts.get("Software") == "NovelAI":
        return _novel(_object(texts.get("Comment", "")), texts)
    return _web_ui(parameters) if parameters else None


def _web_ui(text: str) -> Claim | None:
    """Read prompt, negative prompt and a line of settings (`parameters`, also in EXIF UserComment)."""
    text = text[: 1 << 20].replace("\r\n", "\n")
    last = list(_LAST_LINE.finditer(text))
    if not last:
        return None
    words, settings = text[: last[-1].start()].strip(), _settings(text[last[-1].start() :])
    negative = _NEGATIVE.search(words)
    positive = (words[: negative.start()] if negative else words).strip()
    program = settings.get("App") or (f"Stable Diffusion web UI {settings['Version']}" if "Version" in settings else "")
    return claim(
        "a1111",
        "generated",
        {
            "positive": short(positive, MAX_WORDS),
            "negative": short(words[negative.end() :], MAX_WORDS) if negative else "",
            "settings": scalars(settings),
        },
        tool=short(program),
        model=short(settings.get("Model")),
        seed=seed(settings.get("Seed")),
        prompt_hash=hashed(positive),
    )


def _settings(line: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _SETTING.finditer(line.partition("\n")[0][:20_000]):
        value = match[2].strip()
        found.setdefault(match[1].strip(), value[1:-1] if value.startswith('"') and len(value) > 1 else value)
    return found


def _invoke(found: Mapping[str, Any]) -> Claim | None:
    if not found:
        return None
    model = found.get("model")
    name = (model.get("name") or model.get("model_name")) if isinstance(model, dict) else None
    version = short(found.get("app_version"))
    return _plain("invokeai", f"InvokeAI {version}".strip(), found, "positive_prompt", "negative_prompt", name)


def _swarm(found: Any) -> Claim | None:
    if not isinstance(found, dict):
        return None
    version = short(found.get("swarm_version"))
    return _plain("swarmui", f"SwarmUI {version}".strip(), found, "prompt", "negativeprompt", found.get("model"))


def _novel(found: Mapping[str, Any], texts: Mapping[str, str]) -> Claim | None:
    if not found:
        return None
    return _plain("novelai", "NovelAI", found, "prompt", "uc", texts.get("Source"))


def _plain(form: str, tool: str, found: Mapping[str, Any], positive: str, negative: str, model: Any) -> Claim:
    """Return the claim of a generator that leaves an object of settings."""
    words = found.get(positive)
    rest = {key: value for key, value in found.items() if key not in (positive, negative, "seed")}
    return claim(
        form,
        "generated",
        {
            "positive": short(words, MAX_WORDS),
            "negative": short(found.get(negative), MAX_WORDS),
            "settings": scalars(rest),
        },
        tool=tool,
        model=short(model),
        seed=seed(found.get("seed")),
        prompt_hash=hashed(words.strip()) if isinstance(words, str) else "",
    )


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text[: 1 << 20])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
