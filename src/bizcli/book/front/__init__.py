"""The front office: customers and leads on one page, offers, service, campaigns, and the day of one of us."""
