"""The shared suite: what must hold on every backend, through HTTP."""
