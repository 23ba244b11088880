"""Lets `python -m endplate` stand for the `endplate` command."""

from endplate.cli.main import main

if __name__ == "__main__":
    main()
