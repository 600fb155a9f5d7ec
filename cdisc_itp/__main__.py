"""``python -m cdisc_itp`` is the command ``cdisc-itp``."""

from .cli import main

if __name__ == "__main__":
    main()
