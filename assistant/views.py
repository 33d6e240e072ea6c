"""The assistant's page, for who has no script; with it, pages talk over the socket (static/assistant/assistant.js)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from .asking import ask
from .callers import Caller, caller_of
from .conversations import find
from .errors import ConversationUnknown, TooManyQuestions
from .forms import QuestionForm
from .models import Conversation
from .throttling import seconds_to_wait


@require_http_methods(["GET", "POST"])
def ask_on_page(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _page(request, {"form": QuestionForm()})
    # A suggestion is a button of the same form, whose text field is empty then.
    form = QuestionForm({**request.POST.dict(), "message": request.POST.get("say") or request.POST.get("message", "")})
    if wait_s := seconds_to_wait(request):
        refusal = TooManyQuestions(wait_s)
        response = _page(request, {"form": form, "error": str(refusal)}, HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(wait_s)
        return response
    if not form.is_valid():
        error = " ".join(str(sentence) for sentences in form.errors.values() for sentence in sentences)
        return _page(request, {"form": form, "error": error}, HTTPStatus.BAD_REQUEST)
    caller = caller_of(request)
    told = ask(
        message=form.cleaned_data["message"], caller=caller, within=_conversation(form, caller), now=timezone.now()
    )
    conversation = Conversation.objects.get(pk=told.conversation)
    key = told.key or form.cleaned_data["key"]
    return _page(request, {"form": QuestionForm(), "conversation": conversation, "key": key})


def _conversation(form: QuestionForm, caller: Caller) -> Conversation | None:
    """The one that the page shows; if it is forgotten meanwhile, the question begins another."""
    if form.cleaned_data["conversation"] is None:
        return None
    try:
        return find(
            conversation_id=form.cleaned_data["conversation"], person=caller.person, key=form.cleaned_data["key"]
        )
    except ConversationUnknown:
        return None


def _page(request: HttpRequest, shown: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return render(request, "assistant/page.html", shown, status=status)
