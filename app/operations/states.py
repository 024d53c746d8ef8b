"""The states of a message in words: what each means, and what somebody can do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """`tone` is the colour that repeats the word."""

    word: str
    tone: str
    meaning: str


STATES = {
    "queued": State("Queued", "plain", "Not tried yet. A worker takes it within a minute of when it is due."),
    "waiting": State(
        "Waiting",
        "warn",
        "A try did not work; the next one comes by itself. "
        "If it goes on, put right what the error says: nothing is lost meanwhile.",
    ),
    "failed": State(
        "Failed",
        "bad",
        "Given up after many tries, or because the mail server refused it for good. "
        "Put right what the error says, then try it again.",
    ),
    "sent": State(
        "Sent",
        "good",
        "The mail server took it. If it does not arrive, look among the junk mail there, then send it again.",
    ),
    "kept": State(
        "Kept",
        "info",
        "No mail server was set, so it stayed here, where you can read it, and reached nobody.",
    ),
    "done": State(
        "Done", "plain", "It was no email to send, or none was needed any more. There is nothing to do."
    ),
}
