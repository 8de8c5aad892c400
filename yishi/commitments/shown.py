"""What the check of a proof is about: the proof as its page shows it, beside what was promised."""

from yishi.journal.shown import digest

from .models import Commitment, Proof


def proof_waiting(commitment: Commitment) -> Proof | None:
    """The proof of this round that nobody has checked yet."""
    return commitment.proofs.filter(round=commitment.round, outcome="").order_by("given_at").last()


def proof_digest(commitment: Commitment, proof: Proof) -> str:
    """What the second person reads: words, day, quantity and files of the proof; act, quantity and proof expected."""
    return digest(
        {
            "proof": str(proof.pk),
            "text": proof.text,
            "on": str(proof.done_on),
            "quantity": _plain(proof.quantity),
            "files": sorted(str(key) for key in proof.files.values_list("pk", flat=True)),
            "promised": [commitment.act, _plain(commitment.quantity), commitment.unit, commitment.proof_expected],
        }
    )


def _plain(quantity: object) -> str:
    """A quantity reads alike before and after it was stored."""
    return "" if quantity is None else f"{quantity.normalize():f}" if hasattr(quantity, "normalize") else str(quantity)
