"""What the approval of a project is about: its works, its days, and where its money comes from."""

from yishi.journal.shown import digest

from .models import Project, QuantityPart


def project_digest(project: Project) -> str:
    """What the approver reads: kind, days and words, every part with its amount, every source with its money."""
    parts = QuantityPart.objects.filter(quantity__project=project).order_by("quantity__ordinal", "ordinal")
    return digest(
        {
            "kind": project.kind,
            "days": [str(project.starts_on), str(project.ends_on)],
            "words": project.words,
            "parts": [list(row) for row in parts.values_list("quantity__what", "quantity__unit", "name", "planned")],
            "money": dict(project.planned_money.order_by("kind").values_list("kind", "amount")),
        }
    )


def works_asked_digest(project: Project) -> str:
    """What is decided about works beyond the approved plan: the plan as it stands, what is asked for, and why."""
    parts = QuantityPart.objects.filter(quantity__project=project).order_by("quantity__ordinal", "ordinal")
    return digest(
        {
            "parts": [list(row) for row in parts.values_list("quantity__what", "quantity__unit", "name", "planned")],
            "asked": project.asked_works,
            "why": project.asked_works_why,
        }
    )


def money_asked_digest(project: Project) -> str:
    """What is decided about money beyond the approved plan: the plan as it stands, what is asked for, and why."""
    return digest(
        {
            "money": dict(project.planned_money.order_by("kind").values_list("kind", "amount")),
            "asked": project.asked_money,
            "why": project.asked_money_why,
        }
    )
