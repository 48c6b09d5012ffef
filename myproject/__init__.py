"""The Django project: URLs and the two server entry points, nothing else."""
