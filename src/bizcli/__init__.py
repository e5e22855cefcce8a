"""bizcli runs a small company over plain text: documents in, books out."""

__version__ = "0.1.0"
