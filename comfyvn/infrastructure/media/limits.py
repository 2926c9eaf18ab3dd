"""How much of a file is looked at, and how large what comes out of it may be."""

from typing import Final

MAX_PIXELS: Final = 1 << 26
"""Pixels of a picture or of a frame of a film; 8192 by 8192."""
MAX_IMAGE_BYTES: Final = 256 << 20
"""Bytes of a picture's file; some decoders want it in memory at once."""
MAX_FRAMES: Final = 100_000
"""Frames of an animation that are believed."""
MAX_SOUND: Final = 30 * 60 * 48_000
"""Sample frames that are decoded: half an hour at 48 kHz. Loudness and waveform are of these."""
MAX_CHANNELS: Final = 8
MAX_FONT_BYTES: Final = 64 << 20
MAX_SVG_BYTES: Final = 16 << 20
MAX_BOXES: Final = 100_000
"""Boxes or chunks of one file that are walked over."""
MAX_PACKETS: Final = 2_000
"""Packets of a film that are read until its first frame must have come."""
MIN_BITS: Final = 100
"""Bits of file per second of sound, at least; what states less states a length that it cannot have."""
MAX_NAME: Final = 200
"""Characters of a name that a file gives itself."""
HEAD: Final = 1 << 16
"""Bytes at the begin of a file by which its format is told."""
CHUNK: Final = 1 << 18
"""Bytes read at once."""
SECONDS: Final = 60.0
"""Seconds that one look may take."""
MEMORY: Final = 2 << 30
"""Bytes of address space of the process that looks."""
EDGE: Final = 320
"""Pixels of the longer side of a thumbnail."""
