"""Places on maps are kept the same way on every database."""

from comfyvn.application.maps.places import Standing
from comfyvn.domain.layout import Point
from tests.contracts.stores import Desk, every_database


@every_database
def test_places_stay_move_and_are_forgotten(desk: Desk) -> None:
    places = desk.store.places
    places.settle("p", "v", {"a": Point(1, 2), "b": Point(3, 4)})
    places.settle("p", "v", {"a": Point(9, 9), "c": Point(0.5, -1e7)})
    places.settle("p", "other", {"a": Point(7, 7)})
    places.settle("p", "v", {})
    places.move("p", "v", {"b": Point(5, 6), "d": Point(0, 0)})
    assert places.standing("p", "v") == {
        "a": Standing(Point(1, 2), chosen=False),
        "b": Standing(Point(5, 6), chosen=True),
        "c": Standing(Point(0.5, -1e7), chosen=False),
        "d": Standing(Point(0, 0), chosen=True),
    }
    places.forget("p", "v", chosen=False)
    assert set(places.standing("p", "v")) == {"b", "d"}
    places.forget("p", "v", chosen=True)
    assert places.standing("p", "v") == {}
    assert set(places.standing("p", "other")) == {"a"}
    assert desk.store.position() == 0
