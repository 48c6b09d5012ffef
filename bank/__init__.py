"""The application: customers, products and orders behind a REST API."""
