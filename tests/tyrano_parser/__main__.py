"""Ask the parser of TyranoScript again. Usage: ``python -m tests.tyrano_parser CHECKOUT``."""

import sys
import tempfile
from pathlib import Path

from tests import node_packages
from tests.samples import kag
from tests.tyrano_parser import HERE, RECORDED


def main(checkout: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scripts = {
            "first.ks": kag.FIRST,
            "second.ks": kag.SECOND,
            "odd.ks": (HERE / "odd.ks").read_text("utf-8"),
        }
        for name, script in scripts.items():
            (Path(folder) / name).write_text(script, "utf-8")
        parser = checkout / "tyrano" / "plugins" / "kag" / "kag.parser.js"
        paths = [Path(folder) / name for name in scripts]
        RECORDED.write_bytes(node_packages.output(HERE / "parse.cjs", parser, *paths) + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
