"""Tests of compose/ with a Docker engine: images, servers, several applications.

They run once: `python -m runner test containers`. With LOCAL_IMAGES=1 they use the images that
compose/local/images.sh builds.
"""
