"""The closed, reviewed list of views that anybody may open: a public view that is not listed stops the start."""

PUBLIC_VIEWS = frozenset(
    {
        "home",
        "venue_door",
        "places_find",
        "places_browse",
        "join",
        "first",
    }
)

# Views of libraries, mounted by name in urls.py: the right that each needs.
LIBRARY_VIEWS: dict[str, str] = {}
