"""Those who may buy, and what is done with customers: leads, opportunities, activities."""
