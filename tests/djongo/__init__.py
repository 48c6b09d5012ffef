"""What is true of Djongo only."""
