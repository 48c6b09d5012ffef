"""What is true of Dolt only."""
