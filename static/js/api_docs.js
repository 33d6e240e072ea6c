// Shows the OpenAPI description with Swagger UI, which the page has loaded before this, and sends what is tried.

const place = document.getElementById("swagger-ui");

/** Whoever is logged in on the site's pages tries as himself: his requests show that they come from this page. */
function asThisVisitor(request) {
  if (new URL(request.url, location).origin === location.origin && !request.headers.Authorization) {
    request.headers["X-CSRFToken"] = place.dataset.csrf;
  }
  return request;
}

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  persistAuthorization: false,
  requestInterceptor: asThisVisitor,
});
