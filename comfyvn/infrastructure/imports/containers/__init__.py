"""Containers of files: folders, zip files, and the limits that all of them keep. Names in them never become paths."""
