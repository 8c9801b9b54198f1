import numpy as np
import pytest

from game.sense.camera import Pixels
from game.sense.hand_regions import Window
from game.sense.hand_search import IDLE_AFTER_S, HandSearch, Motion, Place

WIDTH, HEIGHT = 1280, 720
WHOLE = Window(x=0, y=0, width=WIDTH, height=HEIGHT)
GREY = np.full((HEIGHT, WIDTH, 3), 90, dtype=np.uint8)
NEAR_HAND = Place(x=300.0, y=360.0, palm=120.0)


def with_square(x: int, y: int, side: int = 120) -> Pixels:
    picture = GREY.copy()
    picture[y : y + side, x : x + side] = 200
    return picture


def shows(window: Window, x: float, y: float, margin: float = 0.0) -> bool:
    inside_x = window.x + margin <= x <= window.x + window.width - margin
    return inside_x and window.y + margin <= y <= window.y + window.height - margin


def test_the_first_look_is_at_the_whole_picture() -> None:
    assert HandSearch().next_window(GREY, 0.0, seen=()) == WHOLE


def test_with_no_hand_every_place_is_seen_large_within_two_seconds() -> None:
    search = HandSearch()
    windows = [w for i in range(60) if (w := search.next_window(GREY, i / 30.0, seen=())) is not None]
    assert len(windows) == 60
    assert windows.count(WHOLE) == 30
    tiles = [w for w in windows if w != WHOLE]
    for x in range(40, WIDTH, 100):
        for y in range(40, HEIGHT, 80):
            assert any(shows(tile, x, y, margin=20.0) for tile in tiles), (x, y)


def test_where_something_moved_is_looked_at_first() -> None:
    search = HandSearch()
    search.next_window(GREY, 0.0, seen=())
    tile = search.next_window(with_square(1100, 40), 0.04, seen=())
    assert tile is not None
    assert tile != WHOLE
    assert shows(tile, 1160.0, 100.0)


def test_a_second_hand_is_looked_for_twice_in_300_ms_where_something_moves() -> None:
    search, looks = HandSearch(), []
    for i in range(40):
        picture = GREY if i < 20 else with_square(700 + 8 * i, 300)
        if search.next_window(picture, i / 30.0, seen=[NEAR_HAND]) is not None:
            looks.append(i)
    assert len([i for i in looks if 20 <= i <= 29]) >= 2


def test_beside_a_hand_nothing_is_looked_for_while_only_the_hand_moves() -> None:
    search, looks = HandSearch(), 0
    for i in range(60):
        picture = with_square(260 + i % 3 * 20, 300)
        looks += search.next_window(picture, i / 30.0, seen=[NEAR_HAND]) is not None
    assert 3 <= looks <= 6  # two seconds, and now and then is often enough


def test_beside_a_far_hand_smaller_windows_are_looked_at_too() -> None:
    search = HandSearch()
    far = Place(x=600.0, y=300.0, palm=25.0)
    windows = {search.next_window(GREY, i / 30.0, seen=[far]) for i in range(60)} - {None}
    assert WHOLE in windows
    assert len(windows) > 1


def test_a_lost_hand_is_looked_for_at_once_where_it_was() -> None:
    search = HandSearch()
    search.next_window(GREY, 0.0, seen=[NEAR_HAND])
    search.lose(Place(x=900.0, y=200.0, palm=30.0), 0.03)
    window = search.next_window(GREY, 0.03, seen=[NEAR_HAND])
    assert window is not None
    assert window.width < 400
    assert shows(window, 900.0, 200.0, margin=100.0)
    search.found(905.0, 210.0)
    assert search.next_window(GREY, 0.3, seen=[NEAR_HAND]) in (None, WHOLE)


def test_a_place_is_forgotten_after_a_while() -> None:
    search = HandSearch()
    search.next_window(GREY, 0.0, seen=())
    search.lose(Place(x=200.0, y=200.0, palm=20.0), 0.1)
    late = [search.next_window(GREY, 3.0 + i / 30.0, seen=()) for i in range(10)]
    assert all(window is None or window.width in (WIDTH, 282) for window in late)


def test_an_empty_room_costs_half() -> None:
    search = HandSearch()
    looks = [search.next_window(GREY, i / 30.0, seen=()) is not None for i in range(300)]
    assert all(looks[:60])
    assert sum(looks[200:]) == pytest.approx(50, abs=3)
    assert IDLE_AFTER_S < 200 / 30.0


def test_noise_in_the_dark_is_no_motion() -> None:
    motion, noise = Motion(), np.random.default_rng(1)
    for _ in range(5):
        motion.see(np.clip(noise.normal(12.0, 3.0, (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8))
        assert not motion.beside(())
        motion.settle()


def test_pictures_of_any_size_can_be_searched() -> None:
    for shape in ((1, 1, 3), (3, 500, 3), (500, 3, 3), (720, 1280, 3)):
        search = HandSearch()
        for i in range(6):
            window = search.next_window(np.zeros(shape, dtype=np.uint8), i / 30.0, seen=())
            assert window is not None
            assert 0 <= window.x <= shape[1] - window.width
            assert 0 <= window.y <= shape[0] - window.height
