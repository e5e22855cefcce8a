"""The only code that touches the disk, git and SQLite: documents, index, journal, transaction."""
