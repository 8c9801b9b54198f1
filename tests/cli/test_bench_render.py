"""``hollow bench render``: counts that are known beforehand."""

import argparse
import json

import numpy as np
import pytest

from game.cli import bench_render


def test_a_frame_of_a_dark_scene_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    bench_render.add_parser(parser.add_subparsers())
    options = parser.parse_args(
        ["render", "--size", "160x90", "--quality", "low", "--scene", "dark", "--seconds", "0.2", "--json"]
    )
    if options.run(options) != 0:
        pytest.skip("no graphics on this machine")
    told = json.loads(capsys.readouterr().out)
    assert 10 <= told["draw_calls"] <= 40
    assert told["points"] <= 80_000
    # The one mote paints a small part of the picture, and that more than once.
    assert 0.0 < told["overdraw"]["painted_part"] < 0.3
    assert told["overdraw"]["of_painted"] >= 1.0
    assert told["main_thread_ms"]["p50"] <= told["main_thread_ms"]["p95"]


def test_a_spread_is_in_milliseconds() -> None:
    assert bench_render.spread(list(np.full(10, 0.004))) == {"p50": 4.0, "p95": 4.0}
