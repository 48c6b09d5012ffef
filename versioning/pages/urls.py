"""The addresses of the pages of version control, under /shop/."""

from __future__ import annotations

from django.urls import path

from versioning.pages import branches, history, merging, requests

app_name = "versions"
urlpatterns = [
    path("switch/", branches.switch, name="switch"),
    path("branches/", branches.list_branches, name="branches"),
    path("branches/<path:name>/", merging.branch, name="branch"),
    path("requests/", requests.list_requests, name="requests"),
    path("requests/new/", requests.open_request, name="open_request"),
    path("requests/<int:pk>/", requests.one, name="request"),
    path("<slug:kind>/<str:pk>/history/", history.history, name="history"),
]
