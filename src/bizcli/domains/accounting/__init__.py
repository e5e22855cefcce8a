"""Money: payments, entries, and what undoes a document."""
