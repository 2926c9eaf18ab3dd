"""Log files: what is written, where, and for how long.

Policy: one file per program in the log folder (``server.log``, ``launcher.log``), at most 5 MB each; a full file
becomes ``server.log.1`` and so on, and of these the newest four are kept: 25 MB at most. One event is one line:

    2026-11-23T06:25:00.123Z INFO comfyvn.storage committed 3 events command_id=k2f9 actor=ann

The time is UTC. Fields that are passed as ``extra`` and stand in `FIELDS` end the line; line breaks and other control
characters in a message are escaped, so nobody can forge a line. A traceback follows its line, indented.
"""

import logging
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path

MAX_BYTES = 5_000_000
FILES = 5
FIELDS = ("command_id", "actor", "project", "branch")
UVICORN_LOGGERS = ("uvicorn", "uvicorn.error", "uvicorn.access")

_CONTROL = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


class LineFormatter(logging.Formatter):
    """One readable line per event, as the module's text says."""

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        fields = [f"{name}={value}" for name in FIELDS if (value := getattr(record, name, None)) is not None]
        head = f"{moment}.{int(record.msecs):03d}Z {record.levelname} {record.name}"
        line = " ".join([head, record.getMessage(), *fields]).translate(_CONTROL)
        if record.exc_info:
            traceback = self.formatException(record.exc_info).split("\n")
            line += "".join(f"\n    {part.translate(_CONTROL)}" for part in traceback)
        return line


def configure(log_dir: Path, level: str | int = "INFO", *, file: str = "server.log") -> Path:
    """Send all logging of this process, uvicorn's included, to `file` in `log_dir`, and return its path.

    Creates the folder. A second call replaces what the first one set up. Start uvicorn with ``log_config=None``, or it
    puts its own handlers back. Raises OSError where the file cannot be written.
    """
    log_dir.mkdir(parents=True, exist_ok=True)
    path = log_dir / file
    handler = RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=FILES - 1, encoding="utf-8", delay=False)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old.formatter, LineFormatter)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level)
    for name in UVICORN_LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
    return path
