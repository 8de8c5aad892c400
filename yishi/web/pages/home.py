"""The villager's home: three doors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from yishi.web.page import page


@page("public", methods=("GET",), face="public")
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "web/home.html")


urlpatterns = [path("", home, name="home")]
