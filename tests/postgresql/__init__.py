"""What is true of PostgreSQL only."""
