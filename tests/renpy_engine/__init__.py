"""The real Ren'Py engine as a judge: `engine.py` drives it, the files in `inside/` run within it."""
