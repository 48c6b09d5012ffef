"""The application: a shop with customers, products and orders behind a REST API.

It is called bank because the tutorial that it grew from calls its database so. In messages and
comments "a bank" is one database of this application, with all of its data.
"""
