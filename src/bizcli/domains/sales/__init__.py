"""From an order to what the customer owes, and back again."""
