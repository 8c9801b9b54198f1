"""Whether a graphics library of Panda3D really draws on this machine. Run it where a crash does no harm."""

from dataclasses import dataclass
from typing import Final

import panda3d.core as p3d

_SIZE: Final = 64
_COLOUR: Final = (51, 102, 153)
_SETTINGS: Final = "gl-version 3 3\naudio-library-name null\nnotify-level error\nload-display "


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of drawing one colour into a small buffer."""

    pipe: bool
    """The library loads and finds its screen or device."""
    draws: bool = False
    """The colour was read back."""
    renderer: str = ""
    version: str = ""
    """Of OpenGL."""


def try_graphics(library: str) -> Trial:
    """Draw with this display library, such as ``pandagl``; nothing is shown on any screen."""
    p3d.load_prc_file_data("trial", _SETTINGS + library)
    pipe = p3d.GraphicsPipeSelection.get_global_ptr().make_module_pipe(library)
    if pipe is None or not pipe.is_valid():
        return Trial(pipe=False)
    engine = p3d.GraphicsEngine.get_global_ptr()
    form = p3d.FrameBufferProperties()
    form.set_rgba_bits(8, 8, 8, 8)
    shape = p3d.WindowProperties(size=(_SIZE, _SIZE))
    buffer = engine.make_output(pipe, "trial", 0, form, shape, p3d.GraphicsPipe.BF_refuse_window)
    if buffer is None:
        return Trial(pipe=True)
    picture = p3d.Texture()
    buffer.set_clear_color((*(part / 255 for part in _COLOUR), 1.0))
    buffer.add_render_texture(picture, p3d.GraphicsOutput.RTM_copy_ram)
    for _ in range(2):
        engine.render_frame()
    driver = buffer.get_gsg()
    seen = bytes(picture.get_ram_image_as("RGB"))[:3]
    trial = Trial(
        pipe=True,
        draws=len(seen) == 3 and all(abs(a - b) <= 2 for a, b in zip(seen, _COLOUR, strict=True)),
        renderer=driver.get_driver_renderer(),
        version=f"{driver.get_driver_version_major()}.{driver.get_driver_version_minor()}",
    )
    engine.remove_all_windows()
    return trial
