"""The words that a guard may type while he scans, in both languages, and what each of them does (no chapter of the spec)."""

VERBS = {
    "batal": "undo", "undo": "undo",
    "kurang": "missing", "missing": "missing",
    "selesai": "done", "done": "done",
    "segel": "seal", "seal": "seal",
    "utuh": "whole", "semua utuh": "whole", "whole": "whole",
    "tidak dilihat": "unseen", "segel tidak dilihat": "unseen", "unseen": "unseen", "seals unseen": "unseen",
    "dilihat": "seen", "segel dilihat": "seen", "seen": "seen", "seals seen": "seen",
    "daftar": "list", "list": "list",
    "hanya": "only", "only": "only",
    "menempel": "carries", "on it": "carries",
    "berhenti": "stop", "stop": "stop",
    "bantuan": "help", "help": "help", "?": "help",
}  # fmt: skip
