"""The WSGI application."""

import logging
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from yishi import __version__

from .warm import warm

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yishi.config.settings")

application = get_wsgi_application()
if not settings.DEBUG:  # `./run dev` reads everything anew
    warm(application)
logging.getLogger("yishi.web").info("Yishi %s: a web process has started", __version__)
