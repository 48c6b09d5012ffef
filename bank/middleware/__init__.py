"""What every request passes through, in the order of settings.MIDDLEWARE."""
