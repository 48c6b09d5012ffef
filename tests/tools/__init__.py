"""What is not about a database: the tools, the compose files, tables of errors. Run once."""
