"""From an order to what we owe the supplier, and back again."""
