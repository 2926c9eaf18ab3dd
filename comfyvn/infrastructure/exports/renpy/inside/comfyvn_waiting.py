"""What a play waits for: buttons, pictures with hot spots, fields to type into, clocks. Each is found and set off.

Runs in the engine's own Python, without a display.
"""
# mypy: ignore-errors
# ruff: noqa: D103 - small questions to displayables of the engine

import contextlib

import renpy

PRESSES = 12
"""How many buttons of one screen are pressed that do not end it, before its clock goes off."""
CLICKED = ("Return", "Jump", "Call", "ChoiceReturn", "ChoiceJump", "Curry", "Partial")
"""Types of actions that end a screen; the last two are functions of old games, ``ui.returns`` and its like."""
LEAVING = ("FileLoad", "FileSave", "Help", "MainMenu", "OpenURL", "Quit", "ShowMenu", "Start")
"""Types of actions that leave the play; they are not taken."""


class Waiting:
    """What stands on the screen: actions of buttons that can be pressed, fields, and what comes by itself."""

    def __init__(self, displayables):
        self.actions, self.fields, self.clocks = [], [], []
        for displayable in displayables:
            if isinstance(displayable, renpy.display.screen.ScreenDisplayable):
                renpy.display.screen.updated_screens.discard(displayable)
                displayable.update()
            displayable.visit_all(self.take)

    def take(self, displayable):
        behavior = renpy.display.behavior
        if isinstance(displayable, behavior.Button):
            action = displayable.action or getattr(displayable, "clicked", None)
            with contextlib.suppress(Exception):
                if action is not None and displayable.is_sensitive() and not any_of(action, LEAVING):
                    self.actions.append(action)
        elif isinstance(displayable, behavior.Input):
            self.fields.append(displayable)
        elif isinstance(displayable, behavior.Timer) and displayable.function is not None:
            self.clocks.append(lambda: behavior.run(displayable.function, *displayable.args, **displayable.kwargs))
        elif isinstance(displayable, behavior.PauseBehavior):
            self.clocks.append(lambda: displayable.result)
        elif isinstance(displayable, behavior.SayBehavior):
            self.clocks.append(lambda: True)


def in_screen(name):
    """Return what waits in a screen that is shown."""
    screen = renpy.exports.get_screen(name, "screens")
    return Waiting([] if screen is None else [screen])


def now():
    """Return what waits in all that is gone after the next click; without that, in the screens that are shown."""
    layers = renpy.game.context().scene_lists.layers
    found = Waiting([entry.displayable for entry in layers.get("transient", ())])
    if found.actions or found.fields or found.clocks:
        return found
    shown = [entry.displayable for entry in layers.get("screens", ()) if entry.tag not in renpy.config.overlay_screens]
    found = Waiting(shown)
    found.actions, found.fields = [action for action in found.actions if ends(action)], []
    return found


def answer(look, probe, **fields):
    """Type and press what waits until something answers, and return the answer; `look` finds what waits.

    Buttons that end the screen come first. One record of the play is written for each press, with `fields`.
    """
    waiting = look()
    entered = typed(waiting.fields, probe)
    for _ in range(PRESSES):
        actions = [action for action in waiting.actions if ends(action)] or waiting.actions
        if not actions:
            break
        labels = [describe(action) for action in actions]
        index = probe.pick(labels, labels)
        probe.record(**fields, actions=labels, pick=index)
        value = renpy.display.behavior.run(actions[index])
        if value is not None:
            return value
        waiting = look()
    if entered is not None:
        return entered
    value = next((value for clock in waiting.clocks if (value := clock()) is not None), None)
    probe.record(**fields, actions=[], pick=None)
    return value


def typed(fields, probe):
    """Type the answer of the request into fields; return what a field answers by Enter, if one does."""
    entered = None
    for field in fields:
        words = probe.request["answer"] or field.content or "Player"
        probe.record("input", prompt="", answer=words)
        if field.changed is None:
            entered = words
        else:
            field.changed(words)
    return entered


def ends(action):
    return any_of(action, CLICKED)


def any_of(action, names):
    steps = action if isinstance(action, (list, tuple)) else [action]
    return any(type(step).__name__ in names for step in steps)


def describe(action):
    if isinstance(action, (list, tuple)):
        return "+".join(describe(step) for step in action)
    detail = getattr(action, "value", None) or getattr(action, "label", None)
    if detail is None and type(action).__name__ in ("Curry", "Partial"):
        detail = next(iter(action.args), None)
    return type(action).__name__ + (f" {detail}" if isinstance(detail, (str, int, float)) else "")
