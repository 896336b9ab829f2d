"""Addresses of the promise board; their names stand in the masthead, without a prefix."""

from django.urls import path

from intake.views import board

urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/month/", board.month, name="board_month"),
    path("board/paused/", board.paused, name="board_paused"),
    path("board/rows/", board.rows, name="board_rows"),
    path("board/<slug:slug>/", board.service, name="board_service"),
]
