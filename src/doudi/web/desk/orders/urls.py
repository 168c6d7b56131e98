"""Addresses of task orders."""

from __future__ import annotations

from django.urls import path

from doudi.web.desk.orders import views

urlpatterns = [
    path("", views.orders, name="orders"),
    path("new/", views.draft, name="order-new"),
    path("<slug:number>/", views.order, name="order"),
    path("<slug:number>/approve/", views.approve, name="order-approve"),
    path("<slug:number>/decline/", views.decline, name="order-decline"),
    path("<slug:number>/stop/", views.stop, name="order-stop"),
    path("<slug:number>/sheet/", views.sheet, name="order-sheet"),
]
