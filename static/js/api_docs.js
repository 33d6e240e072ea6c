// Shows the OpenAPI schema with Swagger UI, which the page has loaded before this.

const place = document.getElementById("swagger-ui");
window.SwaggerUIBundle({ url: place.dataset.schema, domNode: place, deepLinking: true, persistAuthorization: false });
