"""Passwords: Argon2id, judged by how hard they are to guess and never by which signs they contain."""

import unicodedata
from functools import lru_cache
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import Refused
from app.millrace import DEMO_PASSWORD

SHORTEST, LONGEST = 12, 128
JUDGED = 72  # zxcvbn refuses longer input; more would not make a password weaker
STRENGTH_OF_STAFF, STRENGTH_OF_BUYERS = 3, 2
OUR_WORDS = ("docket", "wholesale", "order", "orders", "trade", "password")


class Passwords:
    """The hasher of this installation, with its stated cost."""

    def __init__(self, *, memory_kib: int, rounds: int, demo: bool) -> None:
        self.hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)
        self.one_at_a_time = (
            Lock()
        )  # a process has one core to hash with, and need not borrow the memory twice
        self.demo = demo

    def hashed(self, password: str) -> str:
        with self.one_at_a_time:
            return self.hasher.hash(composed(password))

    def fits(self, password: str, password_hash: str | None) -> bool:
        """The same work whether or not there is somebody to compare with."""
        if len(password) > LONGEST:
            return False
        known = password_hash or self._nobody()
        try:
            with self.one_at_a_time:
                return self.hasher.verify(known, composed(password)) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, password_hash: str) -> bool:
        return self.hasher.check_needs_rehash(password_hash)

    @lru_cache(maxsize=1)  # noqa: B019 - one hasher per process, kept for its life
    def _nobody(self) -> str:
        return self.hasher.hash("nobody has this password")

    def judge(self, password: str, *, is_staff: bool, known_words: list[str]) -> None:
        """Refuse what is easily guessed, and say what would be better."""
        if len(password) < SHORTEST:
            raise Refused(
                f"Use {SHORTEST} characters or more. Three or four words work well.", field="password"
            )
        if len(password) > LONGEST:
            raise Refused(f"Use {LONGEST} characters or fewer.", field="password")
        if self.demo and password == DEMO_PASSWORD:
            return
        if password == DEMO_PASSWORD:
            raise Refused("Everybody knows this password. Choose another.", field="password")
        from zxcvbn import zxcvbn  # its word lists take 20 MB: only when somebody chooses a password

        words = [
            *OUR_WORDS,
            *(part for word in known_words for part in (word, *word.replace("@", " ").split())),
        ]
        verdict = zxcvbn(password[:JUDGED], user_inputs=[word for word in words if word])
        if verdict["score"] < (STRENGTH_OF_STAFF if is_staff else STRENGTH_OF_BUYERS):
            raise Refused(
                "This password is easy to guess. Add another word or two that do not belong together.",
                field="password",
            )


def composed(password: str) -> str:
    """As typed, whatever way the keyboard composes an accent."""
    return unicodedata.normalize("NFC", password)
