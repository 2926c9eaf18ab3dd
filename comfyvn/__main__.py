"""Start the command line: ``python -m comfyvn``."""

import sys

from comfyvn.main import cli

if __name__ == "__main__":
    sys.exit(cli())
