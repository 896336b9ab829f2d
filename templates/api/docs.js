"use strict";
window.addEventListener("load", () => {
  window.SwaggerUIBundle({
    url: "{{ schema|escapejs }}",
    dom_id: "#api",
    deepLinking: true,
    defaultModelsExpandDepth: -1,
    presets: [window.SwaggerUIBundle.presets.apis],
  });
});
