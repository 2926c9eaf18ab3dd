"""The external programs of this installation, as the settings say where they lie."""

from comfyvn.infrastructure.extractors.toolbox import Toolbox
from comfyvn.infrastructure.system import SystemClock
from comfyvn.settings import Settings


def toolbox(settings: Settings) -> Toolbox:
    """Return the programs that are registered on this installation."""
    return Toolbox(
        settings.config_dir, settings.cache_dir / "unpacked", settings.data_dir / "extractors", SystemClock()
    )
