"""The branch of a request: the API's is in the header Dolt-Branch, the admin's in the session."""

from versioning.middleware.admin import AdminBranch
from versioning.middleware.api import ApiBranch
from versioning.middleware.forms import BranchForms

__all__ = ["AdminBranch", "ApiBranch", "BranchForms"]
