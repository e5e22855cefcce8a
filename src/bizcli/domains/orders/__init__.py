"""What orders to customers and to suppliers have in common: what of them is open, how they change."""
