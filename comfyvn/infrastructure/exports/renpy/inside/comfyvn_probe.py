"""Commands for the engine: play one path without a display, list the statements its parser finds, compile scripts.

Runs in the engine's own Python. The request is JSON in the environment variable ``COMFYVN_PROBE``; each record goes to
the log as one line of JSON. The same play gives the same log, byte for byte.
"""
# mypy: ignore-errors
# ruff: noqa: D103, S311 - functions of the engine replaced by name; the draws only choose ways

import functools
import json
import os
import random
import signal
import time
from pathlib import Path

import comfyvn_waiting
import renpy

PATIENCE = 20
"""Seconds without anything that happens until the engine says that a play never ends."""


class Probe:
    """A request and the log of what happens."""

    def __init__(self):
        self.become(json.loads(os.environ["COMFYVN_PROBE"]))

    def become(self, request):
        """Begin anew with a request."""
        self.request = request
        self.began = False
        self.count = 0
        self.menus = 0
        self.picked = self.request.get("picked")
        self.random = random.Random(self.request.get("seed", 0))

    def write(self, kind, **fields):
        self.began = True
        with Path(self.request["log"]).open("a", encoding="utf-8") as log:
            log.write(json.dumps({"kind": kind, **fields}, ensure_ascii=False) + "\n")

    def place(self):
        """Return file:line of the present statement."""
        file, line = renpy.exports.get_filename_line()
        return f"{file}:{line}"

    def record(self, kind, **fields):
        """Log something of the play with its place, and end the play when there are enough records.

        A ``brief`` play ends once all choices that were asked for are made.
        """
        self.write(kind, **fields, at=self.place())
        self.count += 1
        renpy.execution.not_infinite_loop(PATIENCE)
        brief = self.request.get("brief") and kind == "menu" and self.menus >= len(self.request["choices"])
        if brief or self.count >= self.request["limit"]:
            self.write("end", why="limit")
            raise renpy.game.QuitException

    def pick(self, captions, options=()):
        """Return the index of the choice that was asked for; when all are used up, one drawn by the seed.

        Where the request says what was picked before, options that are new come first.
        """
        wanted = self.request["choices"]
        index = self.menus
        self.menus += 1
        if index < len(wanted):
            if isinstance(wanted[index], int):
                return wanted[index] % len(captions)
            if wanted[index] in captions:
                return captions.index(wanted[index])
            self.record("no_such_choice", wanted=wanted[index])
        if self.picked is not None:
            before = self.picked.setdefault(self.place(), [])
            fresh = [index for index, option in enumerate(options) if option is not None and option not in before]
            chosen = self.random.choice(fresh or range(len(captions)))
            before += [options[chosen]] if fresh else []
            return chosen
        return self.random.randrange(len(captions))


def register():
    """Add the commands to the engine's command line, and let what the game draws at once be the same each time."""
    seed(0)
    renpy.arguments.register_command("comfyvn_play", play)
    renpy.arguments.register_command("comfyvn_parse", parse)
    renpy.arguments.register_command("comfyvn_compile", compile_scripts)


probe = Probe()


# --- Playing ---------------------------------------------------------------------------------


def play():
    """Begin the play; called again when the game is over and the engine would begin anew."""
    renpy.arguments.ArgumentParser(description="Play one path and log it.").parse_args()
    if probe.began:
        probe.write("end", why="finished")
        return False
    if "plays" in probe.request and not in_a_child(probe.request["plays"]):
        return False
    probe.write("begin", version=renpy.version_only)
    renpy.execution.not_infinite_loop(PATIENCE)
    config = renpy.config
    config.label_overrides["_gl_test"] = "comfyvn_probe_nothing"
    if probe.request["start"]:
        config.label_overrides["start"] = probe.request["start"]
    number = probe.request["seed"]
    seed(number)
    config.start_callbacks.append(lambda: seed(number))
    config.rollback_enabled = False
    config.hard_rollback_limit = 0
    config.has_autosave = config.autosave_on_choice = False
    config.auto_choice_delay = None
    config.skipping = None
    replace_what_waits()
    replace_menus()
    if probe.request["stage"]:
        log_the_stage()
    if probe.request.get("labels"):
        log_the_labels()
    return True


def in_a_child(plays):
    """Make each play in a process of its own, one after the other; return True in these, and False when all are over.

    So the engine starts once, and no play leaves anything behind for the next; only what was picked is told to those
    that ask for it.
    """
    picked = {}
    for request in plays:
        if request.get("picked") is not None:
            request["picked"] = {place: list(options) for place, options in picked.items()}
        child = os.fork()
        if not child:
            probe.become(request)
            return True
        end = time.monotonic() + request["timeout"]
        outcome = None
        while outcome is None and time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            outcome = status if done else time.sleep(0.01)
        if outcome is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        lines = Path(request["log"]).read_text("utf-8").splitlines()
        if not lines or json.loads(lines[-1])["kind"] != "end":
            probe.request = request
            probe.write("end", why="timeout" if outcome is None else "crashed" if outcome else "quit")
        for record in map(json.loads, lines):
            options = record.get("options") or record.get("actions")
            if options and options[record["pick"]] is not None:
                picked.setdefault(record["at"], []).append(options[record["pick"]])
    return False


def seed(number):
    random.seed(number)
    renpy.exports.random.seed(number)


def replace_what_waits():
    """Let everything that would draw or wait for the player log instead, and go on."""
    exports = renpy.exports

    def say(who, what, show_function, interact=True, *arguments, **options):
        probe.record("say", who=who, what=what, interact=bool(interact))

    def interact(type="misc", **options):
        try:
            return comfyvn_waiting.answer(comfyvn_waiting.now, probe, kind="interact", type=type)
        finally:
            renpy.game.context().scene_lists.clear("transient")

    def ask(prompt, default="", *arguments, **options):
        answer = probe.request["answer"] or default or "Player"
        probe.record("input", prompt=prompt, answer=answer)
        return answer

    def with_statement(transition, *arguments, **options):
        exports.mode("with")
        return False

    renpy.character.display_say = exports.display_say = say
    renpy.ui.interact = interact
    exports.input = ask
    exports.pause = lambda *arguments, **options: False
    exports.with_statement = with_statement
    exports.transition = exports.autosave = lambda *arguments, **options: None
    exports.movie_cutscene = lambda filename, *arguments, **options: probe.record("movie", file=str(filename))
    exports.call_screen = call_screen


def replace_menus():
    """Let menu statements log what is on offer and pick, also where the game shows menus its own way."""
    exports, store = renpy.exports, renpy.store
    statement, show = exports.menu, exports.display_menu

    def choose(items, *arguments, interact=True, **options):
        offered = []
        captions = []
        for label, value in items:
            is_return = isinstance(value, renpy.ui.ChoiceReturn)
            if (value.value if is_return else value) is None:
                captions.append(renpy.exports.substitute(label))
            elif not is_return or value.sensitive in (True, None):
                offered.append((label, value))
        if not interact or not offered:
            return show(items, *arguments, interact=interact, **options)
        exports.get_menu_args()
        shown = [renpy.exports.substitute(label) for label, _ in offered]
        options = [option_of(value) for _, value in offered]
        index = probe.pick(shown, options)
        probe.record("menu", choices=shown, captions=captions, pick=index, options=options)
        picked = offered[index][1]
        if not isinstance(picked, renpy.ui.ChoiceReturn):
            return picked
        picked.chosen[picked.location, picked.label] = True
        return picked.value

    def menu(*arguments, **options):
        kept = store.menu, store.nvl_menu
        store.menu = store.nvl_menu = choose
        try:
            return statement(*arguments, **options)
        finally:
            store.menu, store.nvl_menu = kept

    exports.menu, exports.display_menu = menu, choose
    if store.menu is show:
        store.menu = choose


def option_of(value):
    """Return the place of a choice among those of the present menu statement; None if it belongs to no statement."""
    value = getattr(value, "value", value)
    statement = renpy.game.script.lookup(renpy.game.context().current)
    if not isinstance(statement, renpy.ast.Menu) or type(value) is not int or value >= len(statement.items):
        return None
    return sum(block is not None for _, _, block in statement.items[:value])


def call_screen(name, *arguments, **options):
    """Answer a screen by its fields, buttons and clocks."""
    shown = {key: value for key, value in options.items() if not key.startswith("_")}
    renpy.exports.show_screen(name, *arguments, _layer="screens", _tag="comfyvn_probe", **shown)
    try:
        look = functools.partial(comfyvn_waiting.in_screen, "comfyvn_probe")
        return comfyvn_waiting.answer(look, probe, kind="screen", name=str(name))
    finally:
        renpy.exports.hide_screen("comfyvn_probe", layer="screens")


def log_the_stage():
    """Log also what is shown, hidden and heard, but for what the engine's own scripts do."""

    def logged(kind, function, describe_call):
        def call(*arguments, **options):
            if not probe.place().startswith("renpy/"):
                probe.record(kind, what=describe_call(*arguments, **options))
            return function(*arguments, **options)

        return call

    def name(image, *arguments, **options):
        return image if isinstance(image, str) else " ".join(image)

    config, music = renpy.config, renpy.audio.music
    config.show = logged("show", config.show, name)
    config.hide = logged("hide", config.hide, name)
    config.scene = logged("scene", config.scene, lambda layer=None, *arguments, **options: layer or "master")
    music.play = logged("play", music.play, lambda files, channel="music", *arguments, **options: [channel, files])
    music.queue = logged("queue", music.queue, lambda files, channel="music", *arguments, **options: [channel, files])
    music.stop = logged("stop", music.stop, lambda channel="music", *arguments, **options: channel)


def log_the_labels():
    """Log also which labels the play comes to, and whether by a jump or a call.

    Not those of the engine, nor those that an export puts after a call.
    """
    before = renpy.config.label_callback

    def come_to(name, jumped):
        if not name.startswith(("_", "cvn_back_")):
            probe.record("label", name=name, jumped=bool(jumped))
        if before is not None:
            before(name, jumped)

    renpy.config.label_callback = come_to


# --- Parsing ---------------------------------------------------------------------------------


def parse():
    """Parse files without running anything of them, and log their statements and errors."""
    renpy.arguments.ArgumentParser(description="List the statements of script files.").parse_args()
    seconds = 0.0
    for file in probe.request["files"]:
        errors = renpy.parser.parse_errors = []
        nodes = []
        begin = time.perf_counter()
        try:
            lines = renpy.parser.list_logical_lines(file)
            block = renpy.parser.parse_block(renpy.parser.Lexer(renpy.parser.group_logical_lines(lines)))
            seconds += time.perf_counter() - begin
            for statement in block:
                statement.get_children(nodes.append)
        except renpy.parser.ParseError as error:
            errors.append(error.message)
        for node in sorted(nodes, key=lambda node: node.linenumber):
            probe.write(type(node).__name__, file=file, line=node.linenumber, **details(node))
        for message in errors:
            probe.write("error", file=file, message=message)
    probe.write("end", why="finished", seconds=seconds)
    return False


def compile_scripts():
    """Write the compiled form of files, which Debian's engine keeps to itself."""
    renpy.arguments.ArgumentParser(description="Compile script files.").parse_args()
    script = renpy.game.script
    for source, target in probe.request["files"]:
        statements = renpy.parser.parse(source)
        script.assign_names(statements, renpy.parser.elide_filename(source))
        with Path(target).open("wb") as compiled:
            script.write_rpyc_header(compiled)
            for slot in (1, 2):
                data = {"version": renpy.config.script_version or 5003000, "key": "unlocked"}
                script.write_rpyc_data(compiled, slot, renpy.compat.pickle.dumps((data, statements)))
                script.static_transforms(statements)
            script.write_rpyc_md5(compiled, bytes(16))
    probe.write("end", why="finished")
    return False


def text(value):
    return None if value is None else str(value)


def staged(node):
    if node.imspec is None:
        return {"image": None, "atl": False, "layer": text(node.layer)}
    image, expression, tag, at, layer, zorder, behind = node.imspec
    return {
        "image": None if expression else list(image),
        "expression": text(expression),
        "tag": tag,
        "at": [text(item) for item in at],
        "layer": layer,
        "zorder": text(zorder),
        "behind": list(behind),
        "atl": getattr(node, "atl", None) is not None,
    }


DETAILS = {
    "Say": lambda node: {
        "who": text(node.who),
        "what": node.what,
        "attributes": list(node.attributes or ()),
        "temporary_attributes": list(node.temporary_attributes or ()),
        "arguments": node.arguments is not None,
        "with": text(node.with_),
        "id": getattr(node, "identifier", None),
        "interact": node.interact,
    },
    "Menu": lambda node: {
        "items": [[label, text(condition), block is not None] for label, condition, block in node.items],
        "set": text(node.set),
        "with": text(node.with_),
        "arguments": node.arguments is not None,
    },
    "Label": lambda node: {"name": node.name, "parameters": node.parameters is not None, "hide": node.hide},
    "Jump": lambda node: {"target": text(node.target), "expression": bool(node.expression)},
    "Call": lambda node: {
        "target": text(node.label),
        "expression": bool(node.expression),
        "arguments": node.arguments is not None,
    },
    "Return": lambda node: {"expression": text(node.expression)},
    "If": lambda node: {"conditions": [text(condition) for condition, _ in node.entries]},
    "While": lambda node: {"condition": text(node.condition)},
    "Scene": staged,
    "Show": staged,
    "Hide": staged,
    "With": lambda node: {"expression": text(node.expr)},
    "Image": lambda node: {
        "name": list(node.imgname),
        "expression": text(node.code.source) if node.code else None,
        "atl": node.atl is not None,
    },
    "Define": lambda node: {
        "name": node.varname,
        "store": node.store,
        "expression": text(node.code.source),
        "operator": node.operator,
    },
    "Default": lambda node: {"name": node.varname, "store": node.store, "expression": text(node.code.source)},
    "Python": lambda node: {"code": text(node.code.source), "hide": node.hide, "store": node.store},
    "EarlyPython": lambda node: {"code": text(node.code.source), "hide": node.hide, "store": node.store},
    "Init": lambda node: {"priority": node.priority},
    "UserStatement": lambda node: {"text": node.line, "name": " ".join(node.parsed[0])},
    "Translate": lambda node: {"identifier": node.identifier, "language": node.language},
    "TranslateString": lambda node: {"old": text(node.old), "new": text(node.new)},
    "Screen": lambda node: {"name": node.screen.name},
    "Transform": lambda node: {"name": node.varname},
    "Style": lambda node: {"name": node.style_name},
}


def details(node):
    """Return the fields of a statement that a reader of scripts should find too."""
    describe_node = DETAILS.get(type(node).__name__)
    return describe_node(node) if describe_node else {}
