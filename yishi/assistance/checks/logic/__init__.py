"""The logic checks (逻辑校验): a dossier of one household in, findings out. Pure: no Django, no database.

`dossier.py` says what is looked at, `packs/` what is looked for, `engine.py` looks.
"""
