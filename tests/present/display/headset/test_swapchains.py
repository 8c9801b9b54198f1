"""A picture on its way to the runtime: copied byte for byte, and the graphics context left as it was."""

import sys
from types import ModuleType
from typing import Any

import pytest

from game.present.display.headset.swapchains import Copier, GlFault

READ, DRAW, SCISSOR, SRGB = "read", "draw", "scissor", "srgb"


class GLError(Exception):
    description = b"invalid operation"


class Gl(ModuleType):
    """As much of OpenGL as a copy takes, with a state that can be looked at."""

    GL_READ_FRAMEBUFFER, GL_DRAW_FRAMEBUFFER = READ, DRAW
    GL_READ_FRAMEBUFFER_BINDING, GL_DRAW_FRAMEBUFFER_BINDING = READ, DRAW
    GL_SCISSOR_TEST, GL_FRAMEBUFFER_SRGB = SCISSOR, SRGB
    GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, GL_COLOR_BUFFER_BIT, GL_NEAREST = 0, 1, 2, 3

    def __init__(self) -> None:
        super().__init__("OpenGL.GL")
        self.bound = {READ: 11, DRAW: 12}
        self.on = {SCISSOR: True, SRGB: False}
        self.attached: dict[int, int] = {}
        self.copies: list[tuple[int, int, bool, Any]] = []
        self.deleted: list[int] = []
        self.refuses = False

    def glGenFramebuffers(self, count: int) -> list[int]:  # noqa: N802
        return [101 + number for number in range(count)]

    def glDeleteFramebuffers(self, count: int, names: list[int]) -> None:  # noqa: N802
        self.deleted += names

    def glGetIntegerv(self, what: str) -> int:  # noqa: N802
        return self.bound[what]

    def glIsEnabled(self, what: str) -> bool:  # noqa: N802
        return self.on[what]

    def glEnable(self, what: str) -> None:  # noqa: N802
        self.on[what] = True

    def glDisable(self, what: str) -> None:  # noqa: N802
        self.on[what] = False

    def glBindFramebuffer(self, kind: str, name: int) -> None:  # noqa: N802
        self.bound[kind] = name

    def glFramebufferTexture2D(self, kind: str, at: int, what: int, texture: int, level: int) -> None:  # noqa: N802
        self.attached[self.bound[kind]] = texture

    def glBlitFramebuffer(self, *box_and_how: int) -> None:  # noqa: N802
        if self.refuses:
            raise GLError
        source, target = self.attached[self.bound[READ]], self.attached[self.bound[DRAW]]
        self.copies.append((source, target, any(self.on.values()), box_and_how[:4]))


@pytest.fixture
def gl(monkeypatch: pytest.MonkeyPatch) -> Gl:
    made, package, errors = Gl(), ModuleType("OpenGL"), ModuleType("OpenGL.error")
    package.GL = made  # type: ignore[attr-defined]
    errors.GLError = GLError  # type: ignore[attr-defined]
    for name, module in (("OpenGL", package), ("OpenGL.GL", made), ("OpenGL.error", errors)):
        monkeypatch.setitem(sys.modules, name, module)
    return made


def test_a_copy_leaves_the_context_as_it_was(gl: Gl) -> None:
    copier = Copier()
    copier.copy(5, 6, (64, 48))
    # Neither a scissor nor an encoding of colours is in its way.
    assert gl.copies == [(5, 6, False, (0, 0, 64, 48))]
    assert gl.bound == {READ: 11, DRAW: 12}
    assert gl.on == {SCISSOR: True, SRGB: False}
    # The runtime may free its texture: nothing holds on to it.
    assert set(gl.attached.values()) == {0}
    copier.close()
    assert gl.deleted == [101, 102]


def test_a_copy_that_is_refused_is_told_in_the_drivers_words(gl: Gl) -> None:
    gl.refuses = True
    with pytest.raises(GlFault, match="invalid operation"):
        Copier().copy(5, 6, (64, 48))
