"""The shared suite, which must pass on every backend; it calls the application over HTTP."""
