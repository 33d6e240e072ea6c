"""The site's own addresses, and the empty view."""

from django.urls import include, path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class EmptyView(APIView):
    """No token is looked at, no body is read, no database is asked: what Django REST framework itself costs."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def post(self, request: Request) -> Response:
        return Response({})


class KnownCustomerView(APIView):
    """The same for whoever shows a token, which is looked up as for any request of the API."""

    def post(self, request: Request) -> Response:
        return Response({})


urlpatterns = [
    path("api/v1/empty/", EmptyView.as_view()),
    path("api/v1/empty/known/", KnownCustomerView.as_view()),
    path("", include("ticketsite.urls")),
]
