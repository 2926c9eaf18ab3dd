"""ComfyVN packs: stories as JSON that any program can write."""
