"""The pages of version control: like those of the bank, a client of the REST API."""
