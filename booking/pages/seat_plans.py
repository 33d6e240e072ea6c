"""The address of a drawing's data: what seats there are and where. It never changes, so browsers keep it for ever."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from booking.drawnplan import drawn_plan
from booking.models import SeatPlan


@require_safe
def seat_plan(request: HttpRequest, digest: str) -> HttpResponse:
    """JSON as booking/drawnplan.py says, in gzip, which every browser that runs the map's script reads."""
    try:
        plan = drawn_plan(digest)
    except SeatPlan.DoesNotExist:
        raise Http404 from None
    headers = {"Content-Encoding": "gzip", "Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(plan.packed, content_type="application/json", headers=headers)
