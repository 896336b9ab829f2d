// The queue with script: the open row stays in sight.
"use strict";

document.addEventListener("htmx:afterSettle", () => {
  document.querySelector(".queue tr[aria-current]")?.scrollIntoView({ block: "nearest" });
});
