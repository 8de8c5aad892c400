"""The site's addresses."""

from yishi.web.urls import urlpatterns as pages

handler404 = "yishi.web.kit.errors.not_found"
handler403 = "yishi.web.kit.errors.forbidden"
handler500 = "yishi.web.kit.errors.broken"

urlpatterns = [*pages]
