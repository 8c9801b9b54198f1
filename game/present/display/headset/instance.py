"""Reaching the OpenXR runtime: what it is called, which headset it has, and what that headset can do."""

import ctypes
import os
import sys
from dataclasses import dataclass
from typing import Any, Final

from game.present.display.headset import binding
from game.present.display.headset.runtime import Blend, NoHeadset

_WISHES: Final = (
    "XR_EXT_hand_tracking",
    "XR_EXT_hand_interaction",
    "XR_KHR_convert_timespec_time",
    "XR_KHR_win32_convert_performance_counter_time",
    "XR_FB_passthrough",
)
"""Extensions that are used where the runtime lists them."""
_SEE: Final = "docs/headset.md tells how."


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a headset and its runtime can do."""

    runtime: str
    system: str
    blends: tuple[Blend, ...]
    hands: bool
    hand_interaction: bool
    passthrough: bool
    """The headset's cameras can be asked for by XR_FB_passthrough."""
    eye_size: tuple[int, int]
    """Pixels that the runtime recommends for one eye."""

    @property
    def blend(self) -> Blend:
        """The best way to see the room: through the light first, through the glass next, else not."""
        for wish in (Blend.ALPHA, Blend.ADDITIVE):
            if wish in self.blends:
                return wish
        return Blend.ALPHA if self.passthrough else Blend.OPAQUE

    @property
    def by_layer(self) -> bool:
        """The room is a layer of its own (XR_FB_passthrough) and not a way of blending."""
        return self.passthrough and not {Blend.ALPHA, Blend.ADDITIVE} & set(self.blends)


def load() -> Any:
    """The package pyopenxr; raises NoHeadset where it is not installed or does not load."""
    # The loader tells its own troubles in many lines; the game tells them in one sentence.
    os.environ.setdefault("XR_LOADER_DEBUG", "none")
    try:
        import xr
    except ImportError as error:
        raise NoHeadset(
            f"Playing in a headset needs the package pyopenxr ({error}): install hollow[headset]. {_SEE}"
        ) from error
    except Exception as error:
        # It loads the system's libraries, which fail in their own ways.
        raise NoHeadset(f"The package pyopenxr does not load: {error}.") from error
    return xr


_REASONS: Final = {
    "RuntimeUnavailableError": f"No OpenXR runtime is set up on this machine. {_SEE}",
    "RuntimeFailureError": "The OpenXR runtime does not answer: start its service (SteamVR, WiVRn, ALVR, "
                           f"Quest Link, Monado). {_SEE}",
    "FormFactorUnavailableError": "The OpenXR runtime has no headset: connect it, and put it on.",
    "FormFactorUnsupportedError": "The OpenXR runtime serves no headset.",
    "ApiVersionUnsupportedError": "The OpenXR runtime is too old: OpenXR 1.0 is needed.",
    "InstanceLostError": "The OpenXR runtime went away.",
    "SessionLostError": "The connection with the headset was lost.",
}  # fmt: skip


def why_not(error: Exception) -> str:
    """A sentence for the player from an error of the runtime."""
    told = _REASONS.get(type(error).__name__)
    return told or f"The OpenXR runtime refuses: {str(error).rstrip('.') or type(error).__name__}."


class Instance:
    """One connection with the runtime. `close` ends it; a second call does nothing."""

    def __init__(self, xr: Any, platform: str = sys.platform) -> None:
        self.xr = xr
        self.handle: Any = None
        try:
            self._open(platform)
        except xr.XrException as error:
            self.close()
            raise NoHeadset(why_not(error)) from error
        except NoHeadset:
            self.close()
            raise

    def _open(self, platform: str) -> None:
        xr = self.xr
        listed = {
            one.extension_name.decode() if isinstance(one.extension_name, bytes) else str(one.extension_name)
            for one in xr.enumerate_instance_extension_properties()
        }
        if "XR_KHR_opengl_enable" not in listed:
            raise NoHeadset("The OpenXR runtime takes no pictures from OpenGL.")
        wishes = (*_WISHES, *binding.extensions(platform))
        self.enabled = {"XR_KHR_opengl_enable", *(name for name in wishes if name in listed)}
        about = xr.ApplicationInfo(
            application_name="Hollow", application_version=1, engine_name="Panda3D", engine_version=1,
            api_version=xr.Version(1, 0, 34),
        )  # fmt: skip
        self.handle = xr.create_instance(
            xr.InstanceCreateInfo(application_info=about, enabled_extension_names=sorted(self.enabled))
        )
        self.system = xr.get_system(
            self.handle, xr.SystemGetInfo(form_factor=xr.FormFactor.HEAD_MOUNTED_DISPLAY)
        )
        self.abilities = self._look()

    def _look(self) -> Abilities:
        xr = self.xr
        told = xr.get_instance_properties(self.handle)
        version = xr.Version(told.runtime_version)
        hands = xr.SystemHandTrackingPropertiesEXT()
        rooms = xr.SystemPassthroughPropertiesFB()
        asked: list[Any] = []
        if "XR_EXT_hand_tracking" in self.enabled:
            asked.append(hands)
        if "XR_FB_passthrough" in self.enabled:
            asked.append(rooms)
        about = xr.SystemProperties()
        # A chain of structures that the runtime fills in.
        for holder, held in zip([about, *asked], asked, strict=False):
            holder._next = ctypes.cast(ctypes.pointer(held), ctypes.c_void_p)
        result = xr.raw_functions.xrGetSystemProperties(self.handle, self.system, ctypes.byref(about))
        if result.value < 0:
            raise xr.check_result(result)
        stereo = xr.ViewConfigurationType.PRIMARY_STEREO
        eyes = xr.enumerate_view_configuration_views(self.handle, self.system, stereo)
        known = {
            xr.EnvironmentBlendMode.ALPHA_BLEND.value: Blend.ALPHA,
            xr.EnvironmentBlendMode.ADDITIVE.value: Blend.ADDITIVE,
            xr.EnvironmentBlendMode.OPAQUE.value: Blend.OPAQUE,
        }
        modes = xr.enumerate_environment_blend_modes(self.handle, self.system, stereo)
        return Abilities(
            runtime=f"{_text(told.runtime_name)} {version.major}.{version.minor}.{version.patch}",
            system=_text(about.system_name),
            blends=tuple(known[int(mode)] for mode in modes if int(mode) in known),
            hands=bool(hands.supports_hand_tracking),
            hand_interaction="XR_EXT_hand_interaction" in self.enabled,
            passthrough=bool(rooms.supports_passthrough),
            eye_size=(eyes[0].recommended_image_rect_width, eyes[0].recommended_image_rect_height),
        )

    def call(self, name: str) -> Any:
        """A function of an extension; raises NoHeadset where the runtime has none of that name."""
        xr = self.xr
        found = xr.get_instance_proc_addr(self.handle, name)
        return ctypes.cast(found, getattr(xr, f"PFN_{name}"))

    def close(self) -> None:
        handle, self.handle = self.handle, None
        if handle is not None:
            try:
                self.xr.destroy_instance(handle)
            except self.xr.XrException:
                return  # it is gone, which is what was wanted


def _text(name: bytes | str) -> str:
    return name.decode(errors="replace") if isinstance(name, bytes) else str(name)
