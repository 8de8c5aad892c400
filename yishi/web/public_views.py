"""The closed, reviewed list of views that anybody may open: a public view that is not listed stops the start."""

PUBLIC_VIEWS = frozenset(
    {
        "home",
        "judge",
        "forget",
        "follow",
        "raised",
        "raise_worry_at",
        "raise_worry",
        "demo",
        "accessibility",
        "privacy",
        "language",
        "elder_mode",
        "venue_door",
        "places_find",
        "places_browse",
        "join",
        "first",
        "public_cases",
        "public_file",
        "public_files",
        "public_photo",
        "public_draw",
        "public_draw_file",
        "room",
        "consult",
        "consult_appeal",
        "consult_enter",
        "consult_log",
        "consult_mine",
        "consult_paper",
        "consult_slip",
        "consult_state",
        "consult_vote",
        "consult_votes",
    }
)

# Views of libraries, mounted by name in urls.py: the right that each needs.
LIBRARY_VIEWS: dict[str, str] = {
    "account_login": "public",
    "account_logout": "public",
    "account_inactive": "public",
    "account_signup": "public",  # closed: says that accounts come by invitation
    "account_reauthenticate": "account.own",
    "mfa_index": "account.own",
    "mfa_authenticate": "public",  # the second factor, between password and session
    "mfa_reauthenticate": "account.own",
    "mfa_trust": "public",
    "mfa_login_webauthn": "public",
    "mfa_activate_totp": "account.own",
    "mfa_deactivate_totp": "account.own",
    "mfa_view_recovery_codes": "account.own",
    "mfa_generate_recovery_codes": "account.own",
    "mfa_download_recovery_codes": "account.own",
    "mfa_list_webauthn": "account.own",
    "mfa_add_webauthn": "account.own",
    "mfa_edit_webauthn": "account.own",
    "mfa_remove_webauthn": "account.own",
    "mfa_reauthenticate_webauthn": "account.own",
}
