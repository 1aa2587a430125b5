"""Colleagues: who else is at a piece of work, so that no two people do the same one unawares."""

from uuid import UUID

from django.http import HttpRequest

from orders.screens.task import person
from orders.screens.words import names_for
from projections.work_queue import WorkItem


def colleague_at(request: HttpRequest, kind: str, subject: UUID) -> str:
    """The name of the colleague who has taken the work of this kind about something; nothing where nobody else has."""
    reader = person(request)
    work = WorkItem.objects.filter(item=f"{kind}:{subject}", role__in=reader.roles)
    taken_by = work.values_list("taken_by", flat=True).first()
    if not taken_by or taken_by == str(reader.id):
        return ""
    return names_for(reader, [taken_by]).get(taken_by, taken_by)
