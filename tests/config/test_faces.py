"""Two faces, one house: a process serves the faces that its settings name."""

import pytest
from django.http import Http404, HttpResponse

from yishi.web.kit.middleware import ViewerMiddleware
from yishi.web.kit.page import page


def view_of(face: str):
    return page("public", face=face)(lambda request: HttpResponse())


@pytest.mark.parametrize(
    ("served", "face", "open_"),
    [
        ({"inner", "public"}, "inner", True),
        ({"inner", "public"}, "public", True),
        ({"public"}, "public", True),
        ({"public"}, "both", True),
        ({"public"}, "inner", False),
        ({"inner"}, "public", False),
        ({"inner"}, "both", True),
    ],
)
def test_a_view_of_the_other_face_does_not_exist(settings, served, face, open_):
    settings.FACES = frozenset(served)
    middleware = ViewerMiddleware(lambda request: HttpResponse())
    if open_:
        assert middleware.process_view(None, view_of(face), (), {}) is None
    else:
        with pytest.raises(Http404):
            middleware.process_view(None, view_of(face), (), {})
