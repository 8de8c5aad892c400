"""Where files lie: in FILES_DIR under a random key. Pictures are re-encoded without what the camera wrote into them."""

import hashlib
import io
import secrets
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pillow_heif
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from yishi.kit.errors import Refusal
from yishi.organisations.grants import Viewer

from .models import Attachment

pillow_heif.register_heif_opener()

LONG_EDGE, SMALL_EDGE = 1600, 360
WHOLE = 1000  # an area is told in thousandths of its picture, so that it fits the picture at any size
COVER = (128, 128, 128)
PAPER_EDGE = 3600  # a page of A4 at 300 dots an inch
ORIENTATION = 0x0112  # in what the camera wrote
_ONE_AT_A_TIME = threading.Lock()  # a picture unpacked may need 200 MB (measured by a test)
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
JPEGS = ("JPEG", "MPO")  # of one with a second picture inside (depth, brightness) the first is taken
PDF, PICTURES = b"%PDF-", (b"\xff\xd8\xff", b"\x89PNG")
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
Image.MAX_IMAGE_PIXELS = 120_000_000  # what is larger is refused below before it is unpacked
DOCUMENT_BYTES = 20 * 1024 * 1024
Area = tuple[int, int, int, int]  # left, top, width, height in thousandths of the picture


class Upload(Protocol):
    """What a form gives for a file."""

    name: str | None
    size: int | None

    def read(self, size: int = -1) -> bytes: ...


def photo_keep(*, actor: Viewer, upload: Upload, may_be_public: bool = False) -> Attachment:
    """Store a photo, turned upright, long edge 1600, without what the camera or its owner wrote into it.

    At most 20 MB; a JPEG of 110 million pixels (it is unpacked small; a progressive one of about 50 million), HEIC of
    26 million, PNG and WEBP of 16 million.

    Raises Refusal (field "photo") for what is no photo, too large or cut short, with what to do. It belongs to
    nothing until the act that follows takes it up.
    """
    if (upload.size or 0) > settings.PHOTO_MAX_BYTES:
        raise Refusal(
            "photo.bytes",
            _("The photo is larger than %(size)d MB. Please choose a smaller one; your text is kept.")
            % {"size": settings.PHOTO_MAX_BYTES // 1024 // 1024},
            field="photo",
        )
    raw = upload.read(settings.PHOTO_MAX_BYTES + 1)
    with _ONE_AT_A_TIME:
        image, large = _bare(_opened(raw, LONG_EDGE, "photo"), LONG_EDGE, quality=75)
    return _photo_stored(actor, image, large, hashlib.sha256(raw).hexdigest(), may_be_public)


def _photo_stored(
    actor: Viewer, image: Image.Image, large: bytes, sha256: str, may_be_public: bool = False
) -> Attachment:
    """A bare picture with its small copy in the store, and the record of both."""
    small, (width, height) = io.BytesIO(), image.size
    image.thumbnail((SMALL_EDGE, SMALL_EDGE))
    image.save(small, "JPEG", quality=70)
    key = _put(large, ".jpg")
    _write(_path(key + ".small"), small.getvalue())
    return Attachment.objects.create(
        kind=Attachment.Kind.PHOTO,
        name=f"{key[6:14]}.jpg",  # never the name that its owner gave it
        media_type="image/jpeg",
        size=len(large),
        sha256=sha256,
        key=key,
        width=width,
        height=height,
        may_be_public=may_be_public,
        uploaded_by=actor.person,
    )


def photo_cover(*, actor: Viewer, photo: Attachment, areas: Sequence[Area]) -> Attachment:
    """Store a copy of a photo in which each area is one solid grey: nothing of what stood there is in the copy.

    The original stays as it is. FileNotFoundError if the store has lost it.
    """
    with _ONE_AT_A_TIME, opened(photo) as file:
        image = Image.open(file, formats=FORMATS).convert("RGB")
        for left, top, width, height in areas:
            right, bottom = min(left + width, WHOLE), min(top + height, WHOLE)
            first = image.width * left // WHOLE, image.height * top // WHOLE
            end = -(-image.width * right // WHOLE), -(-image.height * bottom // WHOLE)  # rounded up: rather too much
            image.paste(COVER, (*first, *end))
        image, large = _bare(image, LONG_EDGE, quality=85)
    return _photo_stored(actor, image, large, hashlib.sha256(large).hexdigest())


def scan_keep(*, actor: Viewer, upload: Upload) -> Attachment:
    """Store a scan or document: PDF, JPEG or PNG by its content, at most 20 MB. Raises Refusal (field "scan").

    A JPEG has at most 110 million pixels, a PNG 36 million.

    A picture loses what the camera wrote into it: a receipt photographed on a farm would tell where the farm is.
    """
    raw = upload.read(DOCUMENT_BYTES + 1)
    if len(raw) > DOCUMENT_BYTES:
        raise Refusal("scan.bytes", _("The file is larger than 20 MB. Please scan it smaller."), field="scan")
    name, content, media_type, ending = upload.name or "scan", raw, "application/pdf", ".pdf"
    if raw.startswith(PICTURES):
        with _ONE_AT_A_TIME:
            _image, content = _bare(_opened(raw, PAPER_EDGE, "scan"), PAPER_EDGE, quality=85)
        name, media_type, ending = f"{Path(name).stem}.jpg", "image/jpeg", ".jpg"
    elif not raw.startswith(PDF):
        raise _no_picture("scan")
    return Attachment.objects.create(
        kind=Attachment.Kind.SCAN,
        name=name[-120:],
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(raw).hexdigest(),
        key=_put(content, ending),
        uploaded_by=actor.person,
    )


def opened(attachment: Attachment, *, small: bool = False) -> BinaryIO:
    """The stored bytes; FileNotFoundError if the store has lost them."""
    return _path(attachment.key + (".small" if small else "")).open("rb")


def discard(attachment: Attachment) -> None:
    """Take the stored bytes away; FileNotFoundError if they are gone already."""
    _path(attachment.key + ".small").unlink(missing_ok=True)
    _path(attachment.key).unlink()


def _bare(image: Image.Image, edge: int, quality: int) -> tuple[Image.Image, bytes]:
    """The picture upright, at most `edge` long and without any words in it; and as a JPEG."""
    image = _flat(image)
    image.thumbnail((edge, edge))
    image = ImageOps.exif_transpose(image).convert("RGB")
    image.info.clear()  # comments too are words of a camera or its owner
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, optimize=True)
    return image, file.getvalue()


def _flat(image: Image.Image) -> Image.Image:
    """As it looks on paper: a JPEG knows neither transparency, which would turn black, nor greys of 16 bits."""
    upright = Image.Exif()
    upright[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
    if image.mode.startswith("I"):
        flat = image.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
        flat.info.pop("transparency", None)
    elif image.has_transparency_data:
        image = image if image.mode == "RGBA" else image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image)
    else:
        return image
    flat.info["exif"] = upright.tobytes()  # which side is up, and nothing else
    return flat


def _opened(raw: bytes, edge: int, field: str) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(raw), formats=FORMATS)
        _fits(image, field)
        image.draft("RGB", (edge, edge))
        image.load()
    except Image.DecompressionBombError as error:
        raise _too_many(settings.PHOTO_MAX_PIXELS, field) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise _unreadable(raw, field) from error
    return image


def _fits(image: Image.Image, field: str) -> None:
    """Refuse, before it is unpacked, what takes more memory than the machine has for one picture."""
    if image.format in JPEGS:
        most = settings.PHOTO_MAX_PIXELS
        if image.info.get("progressive"):
            most = min(most, settings.PROGRESSIVE_MAX_BYTES // 2 * image.width * image.height // _samples(image))
    elif image.format == "HEIF":
        most = settings.HEIC_MAX_PIXELS
    else:
        most = settings.SCAN_MAX_PIXELS if field == "scan" else settings.PICTURE_MAX_PIXELS
    if image.width * image.height > most:
        raise _too_many(most, field)


def _samples(image: Any) -> int:
    """How many numbers a JPEG holds: colours are often sampled by half of the width and height."""
    parts = [(across, down) for _kind, across, down, _table in image.layer]
    widest, highest = max(across for across, _ in parts), max(down for _, down in parts)
    share = sum(across * down for across, down in parts) / (widest * highest)
    return int(image.width * image.height * share) or 1


def _too_many(most: int, field: str) -> Refusal:
    sentence = _(
        "The photo is larger than what can be made smaller here (%(pixels)s pixels). Choose a smaller size in "
        "the camera's settings, or send a picture of it on your screen; your text is kept."
    )
    return Refusal("photo.pixels", sentence % {"pixels": f"{most:,}"}, field=field)


def _unreadable(raw: bytes, field: str) -> Refusal:
    """What to do with a picture that cannot be read: one cut short is sent again, what is none is replaced."""
    if raw.startswith(PICTURES) or (raw[:4] == b"RIFF" and raw[8:12] == b"WEBP"):
        sentence = _("The picture has not arrived whole. Please take it again or send it again; your text is kept.")
        if field == "scan":
            sentence = _("The file has not arrived whole. Please scan it again or send it again (PDF, JPEG or PNG).")
        return Refusal(f"{field}.cut", sentence, field=field)
    if raw[4:8] == b"ftyp" and raw[8:12] in HEIC_BRANDS:
        sentence = _(
            "This photo (HEIC) cannot be read here. Please send it as JPEG: on an iPhone choose Settings, Camera, "
            "Formats, Most Compatible and take it again; your text is kept."
        )
        return Refusal("photo.heic", sentence, field=field)
    return _no_picture(field)


def _no_picture(field: str) -> Refusal:
    if field == "scan":
        return Refusal("scan.kind", _("Please choose a PDF, JPEG or PNG file."), field=field)
    sentence = _("This file is no photo. Please choose a photo (JPEG, PNG, HEIC); your text is kept.")
    return Refusal("photo.fake", sentence, field=field)


def _put(content: bytes, ending: str) -> str:
    name = secrets.token_hex(16)
    key = f"{name[:2]}/{name[2:4]}/{name}{ending}"
    _write(_path(key), content)
    return key


def _path(key: str) -> Path:
    return Path(settings.FILES_DIR) / key


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


__all__ = ["Area", "Upload", "discard", "opened", "photo_cover", "photo_keep", "scan_keep"]
