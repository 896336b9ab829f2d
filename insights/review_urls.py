"""Addresses of the monthly review; their names stand in the masthead, without a prefix."""

from django.urls import path

from insights.views import review

MONTH = "reviews/<str:key>/"

urlpatterns = [
    path("reviews/", review.reviews, name="reviews"),
    path("reviews/newest/", review.newest, name="review_newest"),
    path(MONTH, review.review_page, name="review"),
    path(f"{MONTH}print/", review.printed, name="review_print"),
    path(f"{MONTH}review.pdf", review.pdf, name="review_pdf"),
    path(f"{MONTH}review.xlsx", review.sheet, name="review_sheet"),
    path(f"{MONTH}write/", review.write, name="review_write"),
    path(f"{MONTH}publish/", review.publish, name="review_publish"),
    path(f"{MONTH}count/", review.refill, name="review_refill"),
    path(f"{MONTH}decisions/<int:number>/", review.decide, name="review_decide"),
    path(f"{MONTH}decisions/<int:number>/then/", review.follow_up, name="review_follow_up"),
    path(f"{MONTH}rows/<slug:figure>/", review.rows, name="review_rows"),
]
