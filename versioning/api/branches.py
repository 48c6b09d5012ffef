"""/dolt/branches: the branches, and how far each is from main."""

# Without postponed annotations: django-ninja reads them through the decorators of a view.

from ninja import Router

router = Router(tags=["version control"])
