"""The admin site: each POST is one retried transaction, and database errors get a page.

https://docs.djangoproject.com/en/5.2/ref/contrib/admin/#overriding-the-default-admin-site
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.contrib.messages.storage import default_storage
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, InterfaceError, router
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from bank.administration.logins import LoginForm
from bank.errors import AmbiguousCommit, BankError, TransactionError
from bank.transactions import retry_transaction
from bank.transactions.error_kinds import (
    ErrorKind,
    broken_constraint,
    causes,
    classify,
    unavailable,
)

logger = logging.getLogger(__name__)
View = Callable[..., Any]


class BankSite(AdminSite):
    """Django's admin site, with retried transactions and throttled logins."""

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        model = getattr(getattr(view, "__self__", None), "model", User)
        return explained(super().admin_view(one_transaction(view, model), cacheable))

    @staticmethod
    def login_form(request: HttpRequest, *args: Any, **kwargs: Any) -> LoginForm:  # type: ignore[override]
        """Return the form whose password was already checked, or an unchecked one."""
        return getattr(request, "checked_login", None) or LoginForm(request, *args, **kwargs)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        view = self._login if request.method == "POST" else super().login
        return explained(view)(request, extra_context)

    def _login(self, request: HttpRequest, extra_context: dict[str, Any] | None) -> HttpResponse:
        """Check the password before the transaction begins: the check takes a third of a second."""
        form = LoginForm(request, request.POST)
        request.checked_login = form  # type: ignore[attr-defined]
        if form.is_valid():
            return one_transaction(super().login, User)(request, extra_context)
        response = super().login(request, extra_context)
        if form.retry_after:
            response.status_code = 429
            response["Retry-After"] = str(form.retry_after)
        return response


def one_transaction(view: View, model: type[Model]) -> View:
    """Make each POST to this view one retried transaction of the database that has this model.

    Its page is rendered after COMMIT.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        session, user = request.session, request.user

        @retry_transaction(using=router.db_for_write(model))
        @wraps(view)
        def attempt() -> HttpResponse:
            # Undo what an attempt that was rolled back did to the request.
            request.session, request.user = deepcopy(session), deepcopy(user)
            request._messages = default_storage(request)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return attempt()

    return wrapper


def explained(view: View) -> View:
    """Return a page with the reason if the database or a rule refused the request."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
            return response.render() if isinstance(response, TemplateResponse) else response
        except Exception as error:
            status, reason = _reason(request, error)
            if not status:
                raise
            cause = error.__cause__ or error
            logger.warning("%r refused with %d: %s (%r)", request.path, status, reason, cause)
            context = {"title": "Refused", "reason": reason}
            page = TemplateResponse(request, "admin/refused.html", context, status=status)
            if status == 503 and not isinstance(error, AmbiguousCommit):  # look before you repeat
                page["Retry-After"] = "1"
            return page.render()

    return wrapper


def _reason(request: HttpRequest, error: Exception) -> tuple[int, str]:
    """Return the status and the reason to show; (0, "") for an unexpected error."""
    match error:
        case TransactionError():
            return 503, str(error)
        case BankError():
            return 409, str(error)
        case IntegrityError():
            rule = broken_constraint(error)
            broken = f"It would break a rule of the data{rule and ': '}{rule}."
            return 409, f"{broken} Nothing was changed."
        case DatabaseError() | InterfaceError() if (kind := classify(error)) is not ErrorKind.OTHER:
            return 503, unavailable(kind)
        case _ if request.method == "POST" and _wrong_type(error):
            return 400, "The form has a value of the wrong type. Nothing was changed."
        # Django passes parts of a URL to lookups, some of them unchecked.
        case ValidationError():
            return 400, "The address of this page is not valid. Nothing was changed."
        case DatabaseError() | ValueError() | ArithmeticError() if request.GET:
            return 400, "The address of this page is not valid. Nothing was changed."
    return 0, ""


def _wrong_type(error: Exception) -> bool:
    """Return whether a value was of the wrong type: fields raise one ValueError from another."""
    match error:
        case ValidationError() | ValueError(__cause__=ValueError()):
            return True
    return any(isinstance(cause, OverflowError) for cause in causes(error))  # too large a key
