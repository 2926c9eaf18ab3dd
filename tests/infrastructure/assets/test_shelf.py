"""The shelf of views: what is half written is no view, and is cleared away when it is old."""

from pathlib import Path

from comfyvn.infrastructure.assets.shelf import INCOMING, FileShelf
from comfyvn.infrastructure.storage.blobs import FileBlobs


def test_half_written_files_are_no_views_and_are_cleared_away(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path / "blobs")
    shelf = FileShelf(tmp_path / "assets", blobs)
    digest, _ = blobs.put([b"rain"])
    shelf.put("images/a/rain.png", digest, b"{}")
    half = tmp_path / "assets" / INCOMING / "0123456789abcdef"
    half.write_bytes(b"ra")
    assert list(shelf.places()) == ["images/a/rain.png"]
    assert (shelf.clear(3600.0), half.exists()) == (0, True)
    assert (shelf.clear(-1.0), half.exists()) == (1, False)
    assert shelf.flaws("images/a/rain.png", digest, b"{}") == []


def test_what_is_put_leaves_nothing_half_written(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path / "blobs")
    shelf = FileShelf(tmp_path / "assets", blobs)
    digest, _ = blobs.put([b"rain"])
    shelf.put("images/a/rain.png", digest, b"{}")
    shelf.put("images/a/rain.png", digest, b"{ }")
    assert list((tmp_path / "assets" / INCOMING).iterdir()) == []
    assert (tmp_path / "assets/images/a/rain.png").read_bytes() == b"rain"
