"""Addresses of help in force."""

from __future__ import annotations

from django.urls import path

from doudi.web.desk.benefits import views
from doudi.web.desk.payment import window

urlpatterns = [
    path("", views.benefits, name="benefits"),
    path("together/", views.together, name="benefits-together"),
    path("<slug:ref>/", views.benefit, name="benefit"),
    path("<slug:ref>/tell/", views.tell, name="benefit-tell"),
    path("<slug:ref>/propose/", views.propose, name="benefit-propose"),
    path("<slug:ref>/offer/", views.offer, name="benefit-offer"),
    path("<slug:ref>/review/<slug:review>/", views.close, name="benefit-review"),
    path("<slug:ref>/leave/<slug:happening>/", views.leave, name="benefit-leave"),
    path("<slug:ref>/follow/<slug:follow>/", views.follow, name="benefit-follow"),
    path("<slug:ref>/invite/<slug:adjustment>/", views.invite, name="benefit-invite"),
    path("<slug:ref>/hear/<slug:adjustment>/", views.hear, name="benefit-hear"),
    path("<slug:ref>/decide/<slug:adjustment>/", views.decide, name="benefit-decide"),
    path("<slug:ref>/account/", window.account, name="benefit-account"),
    path("<slug:ref>/cash/", window.cash, name="benefit-cash"),
    path("<slug:ref>/renew/", views.renew, name="benefit-renew"),
    path("<slug:ref>/drop/<slug:adjustment>/", views.drop, name="benefit-drop"),
]
