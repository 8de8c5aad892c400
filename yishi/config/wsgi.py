"""The WSGI application."""

import logging
import os

from django.core.wsgi import get_wsgi_application

from yishi import __version__

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yishi.config.settings")

application = get_wsgi_application()
logging.getLogger("yishi.web").info("Yishi %s: a web process has started", __version__)
