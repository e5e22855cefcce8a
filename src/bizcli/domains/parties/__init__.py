"""Who we deal with: customers and suppliers."""
