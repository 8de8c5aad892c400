"""Photos and scans, streamed to whoever holds the right of the record to which they belong."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from yishi.attachments.models import Attachment
from yishi.attachments.store import opened


def stream(
    attachment: Attachment, *, small: bool = False, public: bool = False, asked: HttpRequest | None = None
) -> HttpResponse:
    """The attachment's bytes; 404 where the store has lost them. Documents are downloaded, pictures shown.

    The browser neither guesses at the file nor runs it. `small` takes a photo's small copy; a `public` file may be kept
    by browsers for a day, any other is kept by none. But the small copy that a request `asked` for is kept by its
    browser, which asks each time whether it still may show it; leaving clears it.
    """
    tag = f'"{attachment.pk}-small"'  # what is stored never changes
    if small and asked is not None and asked.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag, "Cache-Control": "private, no-cache"})
    try:
        file = opened(attachment, small=small and attachment.kind == Attachment.Kind.PHOTO)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, content_type=attachment.media_type)
    is_picture = attachment.media_type.startswith("image/")
    response.headers["Content-Disposition"] = content_disposition_header(not is_picture, attachment.name) or "inline"
    response.headers["Cache-Control"] = "public, max-age=86400" if public else "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if small and asked is not None and not public:
        response.headers["Cache-Control"], response.headers["ETag"] = "private, no-cache", tag
    return response  # type: ignore[return-value]  # Django types both as HttpResponseBase
