"""The site's addresses."""

from yishi.web.urls import urlpatterns as pages

handler404 = "yishi.web.errors.not_found"
handler403 = "yishi.web.errors.forbidden"
handler500 = "yishi.web.errors.broken"

urlpatterns = [*pages]
