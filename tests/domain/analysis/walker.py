"""Random finite stories, and a walk over every play of one that knows nothing of the player or the analysis."""

import random
from collections import Counter
from collections.abc import Mapping
from itertools import count
from typing import Any

from comfyvn.domain.playthrough import Program, compile_story
from comfyvn.domain.story import Scene
from tests.domain.stories import act, menu, scene, text, way

VARIABLES = {"a": 0, "b": 1, "f": False, "p": 0, "i0": 0, "i1": 0, "_return": 0}
CONDITIONS = ("a > 0", "a > 2", "b == 1", "f", "not f", "a >= b", "p > 1", "_return == 2", *[None] * 6)
SETS = ("a += 1", "a = 2", "b -= 1", "f = True", "f = not f", "b = a", "p = a")
ARGUMENTS = ("", "1", "a + 1", "p=b")
RETURNED = ("", "a", "2", "p")


class RandomStory:
    """A story of up to four scenes that lead only forwards, with loops that count, so every play ends.

    It has calls with arguments, weights on options and draws, and variables that its conditions depend on.
    """

    def __init__(self, seed: int) -> None:
        self.luck = random.Random(seed)
        self.ids = count(1)
        self.count = self.luck.randint(2, 4)
        self.nodes = [self._nodes(n, 0) for n in range(self.count)]
        self.scenes: dict[str, Scene] = {
            f"s{n}": scene(*nodes, label="start" if n == 0 else f"s{n}", meta={"parameters": "p=0"} if n else {})
            for n, nodes in enumerate(self.nodes)
        }

    def program(self) -> Program:
        return compile_story(self.scenes, VARIABLES, {})

    def _nodes(self, number: int, depth: int) -> list[dict[str, Any]]:
        least, most = ((4, 6) if number == 0 else (2, 4)) if depth == 0 else (1, 3 if depth == 1 else 2)
        return [self._node(number, depth) for _ in range(self.luck.randint(least, most))]

    def _node(self, number: int, depth: int) -> dict[str, Any]:
        luck = self.luck
        kinds = ["text", "text", "set", "set"]
        if depth < 2:
            kinds += ["menu", "menu", "branch", "random", "loop"]
        if number + 1 < self.count:
            kinds += ["jump", "call"] if depth else ["call", "call"]
        if depth:
            kinds.append("return")
        kind = luck.choice(kinds)
        named = {"id": f"x{next(self.ids)}"}
        guard = luck.choice(CONDITIONS)
        if kind == "text" and guard and luck.random() < 0.3:
            named |= {"conditions": [guard]}
        if kind == "text":
            return text("word " * luck.randint(1, 9), **named)
        if kind == "set":
            return act("set", luck.choice(SETS), **named)
        if kind == "return":
            return act("return", luck.choice(RETURNED), **named)
        if kind in ("jump", "call"):
            arguments = luck.choice(ARGUMENTS) if kind == "call" else ""
            named |= {"directives": {"arguments": arguments}} if arguments else {}
            return act(kind, "", way(scene=f"s{luck.randint(number + 1, self.count - 1)}"), **named)
        if kind == "loop":
            return self._loop(number, depth, named)
        ways = [self._way(kind, number, depth) for _ in range(luck.randint(1, 3))]
        return menu(*ways, **named) if kind == "menu" else act(kind, "", *ways, **named)

    def _loop(self, number: int, depth: int, named: dict[str, Any]) -> dict[str, Any]:
        """Return a loop that goes round up to twice in each play; its counter belongs to the depth."""
        count_up = act("set", f"i{depth} += 1", id=f"x{next(self.ids)}")
        inside = way(count_up, *self._nodes(number, depth + 1), condition=f"i{depth} < 2")
        return act("loop", "", inside, **named)

    def _way(self, kind: str, number: int, depth: int) -> dict[str, Any]:
        more: dict[str, Any] = {"condition": self.luck.choice(CONDITIONS)}
        if kind == "menu":
            more["text"] = f"option {self.luck.randint(0, 99)}"
        if kind == "random" or (kind == "menu" and self.luck.random() < 0.3):
            more["weight"] = self.luck.choice((0.0, 1.0, 1.0, 3.0))
        return way(*self._nodes(number, depth + 1), **more)


class Walk:
    """Every play of a random story: expected visits of each node, the probability of each ending, the words before it.

    `words` are expected over all plays: divided by the probability of the ending they are the average of those plays.
    """

    def __init__(self, story: RandomStory) -> None:
        self.story = story
        self.visits: Counter[str] = Counter()
        self.endings: Counter[tuple[str, str | None]] = Counter()
        self.words: Counter[tuple[str, str | None]] = Counter()
        self.shut: set[str] = set()
        self._go(("s0", story.nodes[0], 0, None), dict(VARIABLES), (), 1.0, 0)

    def _go(self, at: Any, variables: Any, calls: Any, p: float, words: int) -> None:  # noqa: PLR0911
        name, nodes, index, above = at
        if index == len(nodes):
            if above is not None:
                return self._go(above, variables, calls, p, words)
            return self._leave(name, None, "", variables, calls, p, words)
        node, after = nodes[index], (name, nodes, index + 1, above)
        if not all(self._holds(condition, variables) for condition in node.get("conditions", ())):
            return self._go(after, variables, calls, p, words)
        self.visits[node["id"]] += p
        verb = node.get("verb", node["type"])
        if verb == "set":
            left, sign, right = node["content"].partition("=")
            variables = dict(variables)
            exec(f"{left}{sign}{right}", {}, variables)
        elif verb == "return":
            return self._leave(name, node["id"], node["content"], variables, calls, p, words)
        elif verb in ("jump", "call"):
            target = node["ways"][0]["scene"]
            if verb == "call":
                calls = (*calls, (after, variables["p"]))
                given = node.get("directives", {}).get("arguments", "").removeprefix("p=") or "0"
                variables = {**variables, "p": eval(given, {}, variables)}
            return self._go((target, self.story.nodes[int(target[1:])], 0, None), variables, calls, p, words)
        elif verb != "text":
            return self._part(verb, node, at, after, variables, calls, p, words)
        else:
            words += len(node["content"].split())
        return self._go(after, variables, calls, p, words)

    def _part(
        self, verb: str, node: Mapping[str, Any], at: Any, after: Any, variables: Any, calls: Any, p: float, words: int
    ) -> None:
        ways = [w for w in node["ways"] if self._holds(w["condition"], variables)]
        shares = [w.get("weight", 1.0) for w in ways]
        if verb == "choice" and not any(shares):
            shares = [1.0] * len(ways)
        if verb in ("branch", "loop"):
            ways, shares = ways[:1], [1.0]
        if not ways or not any(shares):
            self.shut |= {node["id"]} if verb == "choice" else set()
            return self._go(after, variables, calls, p, words)
        for w, share in zip(ways, shares, strict=False):
            if share:
                back = at if verb == "loop" else after
                self._go((after[0], w["block"], 0, back), variables, calls, p * share / sum(shares), words)
        return None

    def _leave(self, name: str, node: str | None, value: str, variables: Any, calls: Any, p: float, words: int) -> None:
        returned = eval(value, {}, variables) if value else None
        if calls:
            after, kept = calls[-1]
            return self._go(after, {**variables, "p": kept, "_return": returned}, calls[:-1], p, words)
        self.endings[name, node] += p
        self.words[name, node] += p * words
        return None

    @staticmethod
    def _holds(condition: str | None, variables: dict[str, Any]) -> bool:
        return condition is None or bool(eval(condition, {}, variables))
