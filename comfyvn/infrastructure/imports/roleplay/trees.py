"""Chats and the chats that branch off from them, as passages: what they share once, then a choice."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from comfyvn.application.reading import RoleplayRules
from comfyvn.domain.interpolation import escape
from comfyvn.infrastructure.imports.roleplay.chats import Chat
from comfyvn.infrastructure.imports.roleplay.messages import Message, steps_of, stretches
from comfyvn.infrastructure.imports.steps import Option, Passage, Step, act

MAX_OPTION: Final = 80
"""Characters of a message that stand for it in a choice."""

Speaker = Callable[[Message], str | None]
"""Tells the character who says a message; None for narration."""


def trees(chats: Sequence[Chat]) -> Iterator[list[Chat]]:
    """Yield the chats that belong together: those of one folder that name each other as their main chat."""
    known: dict[tuple[str, str], list[Chat]] = {}
    for chat in chats:
        folder = chat.file.rpartition("/")[0]
        root = chat.main or chat.name
        by_name = {c.name: c for c in chats if c.file.rpartition("/")[0] == folder}
        seen = {chat.name}
        while root in by_name and by_name[root].main and root not in seen:
            seen.add(root)
            root = by_name[root].main or root
        known.setdefault((folder, root), []).append(chat)
    for (_, root), members in known.items():
        yield sorted(members, key=lambda chat: (chat.name != root, chat.name))


def passages(members: Sequence[Chat], speaker: Speaker, rules: RoleplayRules) -> list[Passage]:
    """Return the passages of a tree of chats; the first of them is where it begins."""
    found: list[Passage] = []
    waiting: list[tuple[str, int, Sequence[Chat]]] = [(members[0].title or members[0].name, 0, members)]
    while waiting:
        name, begun, chats = waiting.pop()
        end = _shared(chats, begun)
        groups: dict[tuple[str, str], list[Chat]] = {}
        for chat in chats:
            if len(chat.messages) > end:
                groups.setdefault(chat.messages[end].key, []).append(chat)
        options: list[Option] = []
        for group in groups.values():
            title = group[0].title or group[0].name
            there = title if title != name else f"{title} goes on"
            waiting.append((there, end, group))
            options.append(Option(_shown(group[0].messages[end], speaker), target=there))
        found += _told(name, chats[0], chats[0].messages[begun:end], options, speaker, rules)
    return found


def _shared(chats: Sequence[Chat], begun: int) -> int:
    """Return up to which message all chats are the same; a chat that ends is one of them as far as it goes."""
    longest = max(chats, key=lambda chat: len(chat.messages)).messages
    end = begun
    while end < len(longest):
        here = {chat.messages[end].key for chat in chats if end < len(chat.messages)}
        if len(here) > 1:
            break
        end += 1
    return end


def _told(
    name: str,
    chat: Chat,
    messages: Sequence[Message],
    options: Sequence[Option],
    speaker: Speaker,
    rules: RoleplayRules,
) -> Iterator[Passage]:
    parts = list(stretches(messages, rules)) or [("", [])]
    names = [name if number == 0 else f"{name} {number + 1}" for number in range(len(parts))]
    for number, (title, held) in enumerate(parts):
        steps: list[Step] = [step for message in held for step in steps_of(message, speaker(message), rules.ooc)]
        if chat.background and number == 0 and messages[:1] == chat.messages[:1]:
            steps.insert(0, act("scene", chat.background))
        last = number == len(parts) - 1
        if last:
            steps.append(Step("choice", options=tuple(options)) if options else act("return"))
        first = held[0].line if held else 0
        yield Passage(
            names[number],
            tuple(steps),
            chat.file,
            first,
            title=title or names[number],
            falls_to=None if last else names[number + 1],
            meta={"chat": chat.name},
        )


def _shown(message: Message, speaker: Speaker) -> str:
    words = " ".join(message.text.replace("*", "").split())
    short = words if len(words) <= MAX_OPTION else f"{words[: MAX_OPTION - 1].rstrip()}\u2026"
    return escape(f"{message.name}: {short}" if message.name and speaker(message) else short)


def aimed(found: Sequence[Passage], names: Mapping[str, str]) -> list[Passage]:
    """Return passages whose ways lead to passages by their new names."""

    def option(given: Option) -> Option:
        return replace(given, target=names.get(given.target or "", given.target))

    def step(given: Step) -> Step:
        return replace(given, options=tuple(map(option, given.options))) if given.options else given

    return [
        replace(
            passage,
            name=names.get(passage.name, passage.name),
            steps=tuple(map(step, passage.steps)),
            falls_to=names.get(passage.falls_to or "", passage.falls_to),
        )
        for passage in found
    ]
