"""`python -m bizcli`."""

from bizcli.cli.main import main

main()
