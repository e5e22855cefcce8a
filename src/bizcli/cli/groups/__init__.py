"""Groups of commands about one thing, one a file: what they have besides `new`, `list` and `show`."""
