"""What is said of a runtime: one sentence for each way in which it fails, the best way to see the room."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from game.present.display.headset import axes
from game.present.display.headset.binding import current_binding
from game.present.display.headset.instance import Abilities, Instance, load, why_not
from game.present.display.headset.runtime import Blend, NoHeadset
from game.present.display.headset.seeker import OpenXrSeeker


def abilities(*blends: Blend, passthrough: bool = False) -> Abilities:
    return Abilities(
        runtime="R 1.0.0", system="S", blends=blends, hands=True, hand_interaction=False,
        passthrough=passthrough, eye_size=(100, 100),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("able", "blend", "by_layer"),
    [
        (abilities(Blend.OPAQUE, Blend.ADDITIVE, Blend.ALPHA), Blend.ALPHA, False),
        (abilities(Blend.ADDITIVE, Blend.OPAQUE), Blend.ADDITIVE, False),
        (abilities(Blend.OPAQUE), Blend.OPAQUE, False),
        (abilities(Blend.OPAQUE, passthrough=True), Blend.ALPHA, True),
        (abilities(Blend.ALPHA, passthrough=True), Blend.ALPHA, False),
        (abilities(), Blend.OPAQUE, False),
    ],
)
def test_the_room_is_seen_as_well_as_the_runtime_can(able: Abilities, blend: Blend, by_layer: bool) -> None:
    assert able.blend is blend
    assert able.by_layer is by_layer


class XrFault(Exception):
    pass


class RuntimeUnavailableError(XrFault):
    pass


class RuntimeFailureError(XrFault):
    pass


class FormFactorUnavailableError(XrFault):
    pass


class FakeXr(SimpleNamespace):
    """As much of the package as reaching a runtime takes; ``fails`` is raised by the call of that name."""

    XrException = XrFault
    RuntimeUnavailableError = RuntimeUnavailableError
    RuntimeFailureError = RuntimeFailureError
    FormFactorUnavailableError = FormFactorUnavailableError
    FormFactor = SimpleNamespace(HEAD_MOUNTED_DISPLAY=1)

    def __init__(self, *, listed: tuple[str, ...] = ("XR_KHR_opengl_enable",), **fails: Exception) -> None:
        super().__init__()
        self.listed, self.fails = listed, fails
        self.alive = 0

    def __getattr__(self, name: str) -> Any:
        # Structures are made of what they are given.
        return lambda *args, **fields: SimpleNamespace(args=args, **fields)

    def _may_fail(self, name: str) -> None:
        if name in self.fails:
            raise self.fails[name]

    def enumerate_instance_extension_properties(self) -> list[SimpleNamespace]:
        self._may_fail("list")
        return [SimpleNamespace(extension_name=name.encode()) for name in self.listed]

    def create_instance(self, info: Any) -> str:
        self._may_fail("create")
        self.alive += 1
        return "instance"

    def get_system(self, *_: Any) -> int:
        self._may_fail("system")
        return 1

    def destroy_instance(self, handle: str) -> None:
        self.alive -= 1


@pytest.mark.parametrize(
    ("xr", "said"),
    [
        (FakeXr(list=RuntimeUnavailableError()), "No OpenXR runtime is set up"),
        (FakeXr(create=RuntimeFailureError()), "does not answer: start its service"),
        (FakeXr(system=FormFactorUnavailableError()), "has no headset: connect it"),
        (FakeXr(listed=("XR_KHR_vulkan_enable2",)), "takes no pictures from OpenGL"),
        (FakeXr(create=XrFault("The thing broke.")), "The OpenXR runtime refuses: The thing broke."),
    ],
)
def test_each_way_to_fail_is_one_sentence_and_leaves_nothing_open(xr: FakeXr, said: str) -> None:
    with pytest.raises(NoHeadset, match=said) as fault:
        Instance(xr)
    assert str(fault.value).endswith(".")
    assert xr.alive == 0


def test_an_error_without_words_is_told_by_its_name() -> None:
    assert why_not(XrFault()) == "The OpenXR runtime refuses: XrFault."


def test_without_the_package_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xr", None)
    with pytest.raises(NoHeadset, match=r"install hollow\[headset\]"):
        load()
    seeker = OpenXrSeeker()
    with pytest.raises(NoHeadset, match="pyopenxr"):
        seeker.take()
    # It is said once; after that there is just no headset.
    assert seeker.take() is None
    seeker.close()


def test_a_system_without_a_binding_is_told() -> None:
    with pytest.raises(NoHeadset, match="Linux and Windows only"):
        current_binding(FakeXr(), set(), platform="darwin")


def test_windows_is_told_of_the_context_that_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a `wgl` of Python: no Windows runs this."""
    current = {"device": 0x71, "context": 0x100000072}
    wgl = SimpleNamespace(
        wglGetCurrentDC=lambda: current["device"], wglGetCurrentContext=lambda: current["context"]
    )
    monkeypatch.setattr("ctypes.windll", SimpleNamespace(opengl32=wgl), raising=False)
    xr = SimpleNamespace(GraphicsBindingOpenGLWin32KHR=SimpleNamespace)
    binding = current_binding(xr, set(), platform="win32")
    assert (binding.h_dc, binding.h_glrc) == (0x71, 0x100000072)
    current["context"] = 0
    with pytest.raises(NoHeadset, match="OpenGL"):
        current_binding(xr, set(), platform="win32")


def test_axes_of_the_runtime_become_the_games() -> None:
    assert axes.place(0.3, 1.7, 0.2) == (0.3, -0.2, 1.7)
    # A quarter turn to the left about OpenXR's y is one about z.
    half = 0.5**0.5
    turn = axes.turned(0.0, half, 0.0, half)
    assert axes.rotated(turn, (0.0, 1.0, 0.0)) == pytest.approx((-1.0, 0.0, 0.0))
    assert axes.yaw_of(turn) == pytest.approx(-1.5707963)
    assert axes.yaw_of(axes.unturned(turn, -1.5707963)) == pytest.approx(0.0, abs=1e-6)
    # Looking straight down at one's feet, the crown tells which way one faces.
    down = axes.turned(-half, 0.0, 0.0, half)
    assert axes.rotated(down, (0.0, 1.0, 0.0)) == pytest.approx((0.0, 0.0, -1.0))
    assert axes.yaw_of(down) == pytest.approx(0.0, abs=1e-6)
