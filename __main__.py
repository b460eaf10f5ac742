"""`python -m dwmtj`: the command line."""

from dwmtj.cli.app import main

if __name__ == "__main__":
    main()
