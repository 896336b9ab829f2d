"""Signing in and out, and a person's own account."""

from allauth.account import views
from django.urls import path

from accounts.views import account, add_stand_in, remove_stand_in

urlpatterns = [
    path("sign-in/", views.login, name="account_login"),
    path("sign-out/", views.logout, name="account_logout"),
    path("account/", account, name="account"),
    path("account/stand-ins/", add_stand_in, name="stand_in_add"),
    path("account/stand-ins/<int:absence>/remove/", remove_stand_in, name="stand_in_remove"),
]
