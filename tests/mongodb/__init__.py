"""What is true of MongoDB only."""
