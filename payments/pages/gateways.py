"""Where gateways and banks meet the site: their webhooks, the customer's way back, and the sandbox's own bank page."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from payments import webhooks
from payments.gateways import sandbox
from payments.gateways.base import BadSignature
from payments.returning import is_known


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, gateway: str) -> HttpResponse:
    """2xx means: we have it on disk. Who sent it, its signature says; there is no session."""
    now = timezone.now()
    try:
        event = webhooks.receive_webhook(gateway=gateway, headers=request.headers, body=request.body, now=now)
    except KeyError as error:
        raise Http404 from error
    except BadSignature as error:
        return JsonResponse({"code": error.code, "detail": str(error)}, status=error.status)
    webhooks.handle_at_once(event=event, now=now)
    return JsonResponse({"received": event.event_id})


@require_http_methods(["GET", "POST"])
@never_cache
def sandbox_step(request: HttpRequest, reference: str) -> HttpResponse:
    """The page of a bank that exists in the sandbox only. Its address is known to the customer alone."""
    charge = sandbox.charge_at_step(reference=reference)
    if request.method == "POST":
        sandbox.answer_step(charge=charge, approved=request.POST.get("answer") == "yes")
        return redirect(charge.return_url or settings.LOGIN_REDIRECT_URL)
    return render(request, "payments/sandbox_step.html", {"charge": charge})


@require_safe
@never_cache
def back_to_app(request: HttpRequest) -> HttpResponse:
    """Where the bank leads a customer who pays in an app: the browser knows nobody, and only leads on."""
    to = request.GET.get("to", "")
    if not is_known(to):
        raise Http404
    return render(request, "payments/back_to_app.html", {"to": to})
