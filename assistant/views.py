"""The assistant's page, and what the panel on every page asks: as a form, or for JSON if its script runs."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.guests import visitor_of

from .api import AnswerSerializer
from .forms import QuestionForm
from .services import answer
from .throttling import seconds_to_wait


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, "assistant/page.html", {"form": QuestionForm()})
    if wait_s := seconds_to_wait(request):
        response = _refused(request, "That was a lot of questions. Please wait a moment.", HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(wait_s)
        return response
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _refused(request, " ".join(str(error) for error in form.errors["message"]), HTTPStatus.BAD_REQUEST)
    message = form.cleaned_data["message"]
    found = answer(message=message, customer=visitor_of(request), now=timezone.now())
    if _wants_json(request):
        return JsonResponse(AnswerSerializer(found).data)
    return render(request, "assistant/page.html", {"form": QuestionForm(), "question": message, "answer": found})


def _refused(request: HttpRequest, error: str, status: HTTPStatus) -> HttpResponse:
    """The question is shown again, so that nobody has to write it a second time."""
    if _wants_json(request):
        return JsonResponse({"error": error}, status=status)
    form = QuestionForm(initial={"message": request.POST.get("message", "")[:1000]})
    return render(request, "assistant/page.html", {"form": form, "error": error}, status=status)


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
