"""``python -m coopgap`` is the command ``coopgap``."""

from coopgap.main import run

if __name__ == "__main__":
    run()
