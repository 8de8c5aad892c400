"""The addresses of this part."""

from . import consult, consultations, moderation

urlpatterns = [
    *consult.urlpatterns,
    *consultations.urlpatterns,
    *moderation.urlpatterns,
]
