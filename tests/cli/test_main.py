import pytest

from game.cli import main as cli


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(name in said for name in cli.COMMANDS)


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert f"hollow {name}" in said
    assert "--debug" in said


def failing(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def raise_it(_: object) -> int:
        raise error

    monkeypatch.setattr("game.cli.replay.run", raise_it)


def test_an_error_is_one_sentence_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(RuntimeError("the light went out"), monkeypatch)
    assert cli.main(["replay", "x.jsonl"]) == 1
    said = capsys.readouterr().err
    assert "the light went out" in said
    assert "Traceback" not in said
    assert cli.main(["replay", "x.jsonl", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_ends_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(KeyboardInterrupt(), monkeypatch)
    assert cli.main(["replay", "x.jsonl"]) == 130
    assert capsys.readouterr().err.strip() == ""


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["play", "--size", "big"], "1280x720"),
        (["play", "--seconds", "-3"], "between 0 and 86400"),
        (["play", "--away", "20"], "expected metres between 1 and 8, found '20'"),
        (["play", "--dark", "deep"], "expected a share between 0 and 1, found 'deep'"),
        (["play", "--display", "moon"], "moon"),
        (["dance"], "dance"),
    ],
)
def test_a_wrong_option_is_named_with_what_is_expected(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert named in capsys.readouterr().err
