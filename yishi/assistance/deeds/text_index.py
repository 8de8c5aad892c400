"""The text index over deeds' words, which Django cannot say: FTS5 on SQLite, kept by triggers; GIN on PostgreSQL."""

MADE = {
    "sqlite": (
        # Letters of all planes are letters, also those that came after Unicode 6.1.
        "CREATE VIRTUAL TABLE IF NOT EXISTS assistance_deedwords_fts USING fts5(grams, content='assistance_deedwords',"
        " content_rowid='id', detail='none', columnsize=0, tokenize=\"unicode61 categories 'L* N* Co Cn'\")",
        "CREATE TRIGGER IF NOT EXISTS assistance_deedwords_come AFTER INSERT ON assistance_deedwords BEGIN"
        " INSERT INTO assistance_deedwords_fts(rowid, grams) VALUES (new.id, new.grams); END",
        "CREATE TRIGGER IF NOT EXISTS assistance_deedwords_go AFTER DELETE ON assistance_deedwords BEGIN"
        " INSERT INTO assistance_deedwords_fts(assistance_deedwords_fts, rowid, grams)"
        " VALUES ('delete', old.id, old.grams); END",
    ),
    "postgresql": (
        "CREATE INDEX IF NOT EXISTS deed_words_held ON assistance_deedwords USING gin (string_to_array(grams, ' '))",
    ),
}
DROPPED = {"sqlite": ("DROP TABLE assistance_deedwords_fts",), "postgresql": ()}
