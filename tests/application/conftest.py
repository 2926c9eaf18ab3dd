from collections.abc import Iterator

import pytest

from tests.desks import Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Return a desk in memory; what was done at it forms a whole history."""
    desk = Desk()
    yield desk
    verified = desk.studio.store.verify()
    assert verified.first_bad is None
    assert verified.commits > 0
    desk.studio.store.close()
