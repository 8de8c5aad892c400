"""The request as pages get it: the middleware has set who asks (`kit/middleware.py`)."""

from django.http import HttpRequest

from yishi.organisations.grants import Viewer


class Request(HttpRequest):
    """For types alone: nothing makes one."""

    viewer: Viewer
