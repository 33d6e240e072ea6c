"""`python -m ticketsite.cli`, which script/ticket calls."""

from ticketsite.cli.app import main

if __name__ == "__main__":
    main()
