"""The `matchpoint` command. `main.py` finds the sub-command; each lives in a module of its own and is imported late."""
