"""ComfyVN: an event-sourced studio for visual novels."""

__version__ = "0.1.0"
