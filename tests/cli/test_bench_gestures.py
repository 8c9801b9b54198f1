import json
from dataclasses import replace

import pytest

from game.cli import main as cli
from game.cli.bench_gestures import report_of
from game.cli.gesture_trials import Job, judged, play, watched
from game.interpret.intents import Action, GestureEvent
from game.sense.hand_model import Pose
from game.sense.observations import Side
from game.sense.synthetic.player import Truth
from game.sense.synthetic_player import Stroke, SyntheticPlayer

JOB = Job(fps=30.0, noise="clean", seed=1, gestures=("point",))
TRUTH = Truth(
    action="point",
    variant="point",
    sides=("right",),
    prepared_s=1.0,
    begin_s=2.0,
    shown_s=2.4,
    end_s=4.0,
    allowed=("palm_out",),
)


def begins(name: Action, t_s: float, side: str = "right") -> tuple[float, GestureEvent]:
    event = GestureEvent(
        name=name,
        side="left" if side == "left" else "right",
        start_s=t_s,
        end_s=None,
        value=1.0,
        confidence=1.0,
    )
    return t_s, event


def test_the_interpreters_events_come_at_the_tick_at_which_the_game_has_them() -> None:
    frames = SyntheticPlayer(
        [Stroke(t_s=0.0, pose=Pose.RELAXED), Stroke(t_s=1.0, pose=Pose.POINT)]
    ).hands_until(3.0)
    points = [(tick_s, event) for tick_s, event in watched(frames) if event.name is Action.POINT]
    assert len(points) == 1
    tick_s, event = points[0]
    assert event.start_s + 0.04 <= tick_s < 2.0
    assert tick_s * 60.0 == pytest.approx(round(tick_s * 60.0))


def test_what_is_seen_is_set_beside_what_is_shown() -> None:
    events = [
        begins(Action.GRASP, 0.5),  # At rest.
        begins(Action.PALM_DOWN, 1.2),  # On the way: confused.
        begins(Action.PALM_OUT, 1.3),  # On the way, and there to be seen.
        begins(Action.POINT, 2.5, "left"),  # The other hand did nothing.
        begins(Action.POINT, 2.6),
        begins(Action.WALK, 6.0),
    ]
    result = judged(JOB, [TRUTH], events, 10.0)
    assert result.rows == [(TRUTH, 2.6, ["palm_down"])]
    assert [(action, t) for action, _, t in result.false] == [("grasp", 0.5), ("walk", 6.0)]
    assert result.seconds == pytest.approx(7.0)
    assert judged(JOB, [TRUTH], events[:4], 10.0).rows[0][1] is None


def test_what_is_seen_of_the_next_gesture_is_not_given_to_the_one_before() -> None:
    following = replace(
        TRUTH, action="rude", variant="rude", prepared_s=4.2, begin_s=4.3, shown_s=4.6, end_s=6.0
    )
    events = [begins(Action.POINT, 2.5), begins(Action.RUDE, 4.4)]
    result = judged(JOB, [TRUTH, following], events, 10.0)
    assert result.rows == [(TRUTH, 2.5, []), (following, 4.4, [])]
    late = judged(JOB, [TRUTH, following], [begins(Action.POINT, 4.35)], 10.0)
    assert late.rows[0] == (TRUTH, 4.35, [])


def test_a_gesture_seen_before_the_hand_sets_out_is_not_found_but_too_early() -> None:
    result = judged(JOB, [TRUTH], [begins(Action.POINT, 1.5)], 10.0)
    assert result.rows == [(TRUTH, None, ["point too early"])]


def test_time_in_which_no_picture_shows_the_hand_is_nobodys_delay() -> None:
    begun = [begins(Action.POINT, TRUTH.shown_s + 0.6)]
    times = [k / 30.0 for k in range(300)]
    seen = [(t, frozenset[Side](["right"])) for t in times]
    blind = [(t, frozenset[Side]() if 0.0 <= t - TRUTH.shown_s < 0.5 else sides) for t, sides in seen]
    over = {}
    for name, glimpses in (("seen", seen), ("blind", blind)):
        row = report_of([judged(JOB, [TRUTH], begun, 10.0, glimpses)])["gestures"][0]
        over[name] = row["over_ms_p95"]
        assert row["over_ms_p95_with_unseen"] == pytest.approx(over["seen"])
        assert row["hidden"] == 0
    assert over["seen"] > 0.0
    assert over["blind"] == pytest.approx(over["seen"] - 500.0, abs=1.0)


def test_what_was_hardly_ever_in_a_picture_was_shown_to_nobody() -> None:
    times = [k / 30.0 for k in range(300)]
    for share, hidden in ((0.7, 1), (0.3, 0)):
        end_s = TRUTH.begin_s + share * (TRUTH.end_s - TRUTH.begin_s)
        glimpses = [(t, frozenset[Side]() if t < end_s else frozenset[Side](["right"])) for t in times]
        row = report_of([judged(JOB, [TRUTH], [], 10.0, glimpses)])["gestures"][0]
        assert (row["found"], row["hidden"], row["passed"]) == (0.0, hidden, False)


def test_the_report_counts_shares_delays_and_bars() -> None:
    late = replace(TRUTH, prepared_s=11.0, begin_s=12.0, shown_s=12.4, end_s=14.0)
    events = [begins(Action.POINT, 2.5), begins(Action.POINT, 13.4)]
    row = report_of([judged(JOB, [TRUTH, late], events, 20.0)])["gestures"][0]
    assert (row["performances"], row["found"]) == (2, 1.0)
    assert row["delay_ms"]["p50"] == pytest.approx(550.0)
    assert row["allowed_ms"] == pytest.approx(2000.0 / 30.0 + 130.0, abs=0.1)
    assert row["passed"] is False
    good = report_of([judged(JOB, [TRUTH], events[:1], 10.0)])["gestures"][0]
    assert good["passed"] is True
    half = report_of([judged(JOB, [TRUTH, late], events[:1], 20.0)])["gestures"][0]
    assert (half["found"], half["passed"]) == (0.5, False)


def test_everyday_motion_is_played_and_what_is_seen_in_it_is_false() -> None:
    result = play(Job(fps=15.0, noise="webcam", seed=3, seconds=60.0))
    part = report_of([result])["everyday_total"]
    assert part["minutes"] == 1.0
    assert part["false"] == len(result.false) == sum(part["by_action"].values())
    assert part["false_per_minute"] == pytest.approx(len(result.false))
    assert sum(n for seen in part["by_activity"].values() for n in seen.values()) == part["false"]


def test_the_command_prints_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    words = "bench gestures --json --list --performances 2 --hours 0.01 --rates 15 30 --noise clean "
    words += "--gestures rude point"
    assert cli.main(words.split()) == 0
    report = json.loads(capsys.readouterr().out)
    cells = {(row["gesture"], row["fps"], row["noise"]) for row in report["gestures"]}
    assert cells == {(g, fps, "clean") for g in ("rude", "point") for fps in (15.0, 30.0)}
    assert all(row["performances"] == 2 for row in report["gestures"])
    assert [part["minutes"] for part in report["everyday"]] == [0.3, 0.3]
    assert len(report["false"]) == report["everyday_total"]["false"] + report["resting"]["false"]
    assert (
        cli.main(
            ["bench", "gestures", "--performances", "1", "--hours", "0", "--rates", "30", "--noise", "clean"]
        )
        == 0
    )
    assert "found" in capsys.readouterr().out


def test_several_processes_give_the_same_report(capsys: pytest.CaptureFixture[str]) -> None:
    words = "--json --performances 2 --hours 0.01 --rates 15 --noise dark --gestures wave"
    reports = []
    for processes in ("1", "2"):
        assert cli.main(["bench", "gestures", *words.split(), "--processes", processes]) == 0
        reports.append(json.loads(capsys.readouterr().out) | {"wall_s": 0.0})
    assert reports[0] == reports[1]


@pytest.mark.parametrize(
    "words", ["--rates 0", "--rates nan", "--hours -1", "--noise loud", "--gestures salute"]
)
def test_nonsense_is_refused(words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["bench", "gestures", *words.split()])
    assert ended.value.code == 2
