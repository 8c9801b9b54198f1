"""Progress is visible on a terminal and readable in a log."""

from io import StringIO

from npc.progress import ProgressLine


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_a_log_gets_the_begin_the_end_and_a_line_every_few_seconds() -> None:
    stream, clock = StringIO(), Clock()
    line = ProgressLine(stream, clock=clock)
    for step in range(101):
        line.advance("Fetching light", step * 1_000_000, 100_000_000)
        clock.now_s += 0.125
    assert stream.getvalue().splitlines() == [
        "Fetching light: 0.0 of 100 MB (0 %)",
        "Fetching light: 40 of 100 MB (40 %)",
        "Fetching light: 80 of 100 MB (80 %)",
        "Fetching light: 100 of 100 MB (100 %)",
    ]


def test_a_terminal_line_is_rewritten_and_left_whole() -> None:
    stream, clock = Terminal(), Clock()
    line = ProgressLine(stream, clock=clock)
    line.advance("Fetching light", 20_000_000, 50_000_000)
    clock.now_s += 1.0
    line.advance("Fetching light", 50_000_000, 50_000_000)
    line.say("Done.")
    first, second = "Fetching light: 20 of 50 MB (40 %)", "Fetching light: 50 of 50 MB (100 %)"
    assert stream.getvalue() == f"\r{first}\r{second}\nDone.\n"


def test_a_sentence_does_not_run_into_an_open_line() -> None:
    stream = Terminal()
    line = ProgressLine(stream, clock=Clock())
    line.advance("Fetching light", 1, 2)
    line.say("The line dropped.")
    assert stream.getvalue().splitlines()[-1] == "The line dropped."


def test_a_second_fetch_begins_its_own_line() -> None:
    stream = StringIO()
    line = ProgressLine(stream, clock=Clock())
    line.advance("one", 0, 2_000_000)
    line.advance("two", 0, 2_000_000)
    assert [text.split(":")[0] for text in stream.getvalue().splitlines()] == ["one", "two"]


def test_an_estimate_that_was_too_small_never_shows_more_than_all() -> None:
    stream = StringIO()
    ProgressLine(stream, clock=Clock()).advance("one", 3_000_000, 2_000_000)
    assert "(100 %)" in stream.getvalue()
