"""Other processes that write to the same database."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent.parent


def start_writer(*arguments: str) -> "subprocess.Popen[str]":
    """Start a writer and wait until its database is open."""
    command = [sys.executable, "-m", "tests.journeys.writer", *arguments]
    writer = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    return writer


def said(writer: "subprocess.Popen[str]") -> str:
    """Return the next line of a writer, without its end."""
    assert writer.stdout is not None
    return writer.stdout.readline().strip()


def kill(writer: "subprocess.Popen[str]") -> list[str]:
    """Kill a writer in the midst of its work and return what else it had said."""
    writer.kill()
    rest, _ = writer.communicate()
    return rest.split()
