"""The everyday commands, one a file; the first line of a file is the command's help."""
