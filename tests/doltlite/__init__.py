"""What is true of DoltLite only."""
