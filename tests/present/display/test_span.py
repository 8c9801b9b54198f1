"""One window over the monitors that the room's screens name."""

from game.present.display.monitors import Monitor
from game.present.display.room import Room, Screen
from game.present.display.span import span

LEFT = Monitor(name="eDP-1", origin=(0, 0), size=(1920, 1080))
RIGHT = Monitor(name="HDMI-1", origin=(1920, 0), size=(1280, 800))
LOWER = Monitor(name="DP-1", origin=(0, 1080), size=(1920, 1080))


def room(*monitors: int | None) -> Room:
    return Room(screens=tuple(Screen(name=f"wall {n}", monitor=n) for n in monitors))


def test_a_room_that_names_no_monitor_takes_whatever_window_there_is() -> None:
    found = span(Room(), (LEFT, RIGHT))
    assert found.monitor is None
    assert found.fault is None
    assert found.room == Room()


def test_the_window_spans_the_named_monitors_and_each_screen_has_its_own() -> None:
    found = span(room(2, 1), (LEFT, RIGHT, LOWER))
    assert found.monitor is not None
    assert (found.monitor.origin, found.monitor.size) == ((0, 0), (3200, 2160))
    assert found.room.parts() == ((0.0, 0.5, 0.6, 0.5), (0.6, 0.0, 0.4, 800 / 2160))
    one = span(room(1), (LEFT, RIGHT))
    assert one.monitor is not None
    assert (one.monitor.origin, one.monitor.size) == ((1920, 0), (1280, 800))
    assert one.room.parts() == ((0.0, 0.0, 1.0, 1.0),)


def test_monitors_that_are_not_there_cost_a_sentence_and_nothing_else() -> None:
    for asked, monitors, why in (
        (room(0, 3), (LEFT, RIGHT), "monitor 3 is not there"),
        (room(0, None), (LEFT, RIGHT), "names no monitor"),
        (room(0, 1), (), "does not tell its monitors"),
    ):
        found = span(asked, monitors)
        assert found.monitor is None
        assert found.fault is not None
        assert why in found.fault
        assert found.room.parts() == ((0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 0.5, 1.0))
