"""Writers by other people of what our readers read: Electron's packer of archives, and a compiler of Twine stories."""

from pathlib import Path
from typing import Final

from tests import node_packages

_HERE: Final = Path(__file__).parent


def asar(folder: Path, archive: Path, beside: str = "") -> Path:
    """Pack a folder as Electron does; files that fit a pattern are left in a folder beside the archive."""
    node_packages.output(_HERE / "asar.mjs", node_packages.installed(_HERE), folder, archive, beside)
    return archive


def twine(source: Path, target: Path) -> Path:
    """Turn Twee source into the page that Twine keeps it as, or back, as the endings say."""
    target.parent.mkdir(exist_ok=True)
    node_packages.output(_HERE / "twine.mjs", node_packages.installed(_HERE), source, target)
    return target
