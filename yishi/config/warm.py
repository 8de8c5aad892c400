"""What a web process does before it takes its first request, so that nobody's page waits for it."""

import gc
import logging
from pathlib import Path
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines

logger = logging.getLogger("yishi.web")


def warm(application: WSGIHandler) -> None:
    """Read every template and answer the start page once: addresses, translations, a connection to the database. What
    stands in memory then stays there: whoever clears up later passes over it (of half a million objects a page waited
    for a tenth of a second now and then).

    What fails here would fail for a reader too, who is told then; the process starts all the same.
    """
    for engine in engines.all():
        for folder in engine.template_dirs:
            for path in sorted(Path(folder).rglob("*.html")):
                try:
                    engine.get_template(str(path.relative_to(folder)))
                except (TemplateDoesNotExist, TemplateSyntaxError):
                    logger.exception("a template cannot be read: %s", path.name)
    status = answered(application, "/")
    if not status.startswith(("2", "3")):
        logger.warning("the start page answered %s before the first request", status)
    gc.collect()
    gc.freeze()


def answered(application: WSGIHandler, path: str) -> str:
    """The status of a GET of `path`, asked as a browser at the site's first host name would."""
    said: list[str] = []
    host = settings.ALLOWED_HOSTS[0].lstrip(".").replace("*", "localhost")
    environ: dict[str, str] = {"PATH_INFO": path, "HTTP_HOST": host, "REMOTE_ADDR": "127.0.0.1"}
    if settings.SECURE_PROXY_SSL_HEADER:
        environ["HTTP_X_FORWARDED_PROTO"] = "https"
    setup_testing_defaults(environ)
    response = application(environ, lambda status, _headers: said.append(status))  # type: ignore[arg-type]  # start_response writes nothing
    for _chunk in response:
        pass
    response.close()
    return said[0]
