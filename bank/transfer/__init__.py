"""All of the bank as a stream of records: written by one backend, read by any other."""
