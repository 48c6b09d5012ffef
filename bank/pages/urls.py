"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from bank.pages import home, report, sessions_page, shop, storm_page

app_name = "pages"
urlpatterns = [
    path("", home.home, name="home"),
    path("shop/report/", report.report, name="report"),
    # The report's links are relative, because it is also opened from disk.
    path("shop/docs/<path:file>", report.source, {"folder": "docs"}),
    path("shop/tests/<path:file>", report.source, {"folder": "tests"}),
    path("shop/storm/", storm_page.storm_page, name="storm"),
    path("shop/storm/stock/", storm_page.stock_now, name="stock"),
    path("shop/sessions/", sessions_page.sessions_page, name="sessions"),
    path("shop/<slug:name>/", shop.rows, name="rows"),
    path("shop/<slug:name>/new/", shop.add, name="add"),
    path("shop/<slug:name>/<str:pk>/", shop.row, name="row"),
]
