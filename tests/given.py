"""Given some facts, when a command comes, then these facts follow: the tests of deciders read like that."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from comfyvn.domain.kernel import Decider, Refused
from comfyvn.domain.merge import same


@dataclass(frozen=True)
class When:
    """A command that meets the state which some facts have led to."""

    decider: Decider[Any, Any, Any] = field(repr=False)
    facts: tuple[Any, ...]
    command: Any

    def then(self, *expected: Any) -> None:
        """Expect exactly these facts."""
        decided = self._decided()
        assert decided == expected
        assert same(decided, expected)

    def then_settled(self, *expected: Any) -> None:
        """Expect exactly these facts, and none when the same is asked once more."""
        self.then(*expected)
        again = When(self.decider, (*self.facts, *expected), self.command)
        again.then()

    def refused(self, code: str) -> Refused:
        """Expect a refusal with this code, and return it."""
        with pytest.raises(Refused) as caught:
            self._decided()
        assert caught.value.code == code
        return caught.value

    def _decided(self) -> tuple[Any, ...]:
        return self.decider.decide(self.decider.fold(self.facts), self.command)


@dataclass(frozen=True)
class Given:
    """What has happened to one entity so far."""

    decider: Decider[Any, Any, Any] = field(repr=False)
    facts: tuple[Any, ...] = ()

    def given(self, *facts: Any) -> "Given":
        """Return the same with these facts after the others."""
        return Given(self.decider, (*self.facts, *facts))

    def when(self, command: Any) -> When:
        """Ask for something."""
        return When(self.decider, self.facts, command)
