// What every page does with script: speak, keep the focus in place, count letters, close menus.
// Without it every page still works.
"use strict";

const live = document.getElementById("live");

/** Let screen readers hear a sentence, politely, even when it is the same one again. */
function announce(words) {
  live.textContent = "";
  setTimeout(() => { live.textContent = words; }, 100);
}

function isFocusLost() {
  return !document.activeElement || document.activeElement === document.body;
}

function focusOn(element) {
  if (!element) return;
  if (!element.matches("a[href], button, input, select, textarea, summary")) element.tabIndex = -1;
  element.focus();
}

/* On arrival: the error summary first, else read out the notices. */
function arrive() {
  const summary = document.querySelector(".error-summary");
  if (summary) return focusOn(summary);
  const notices = [...document.querySelectorAll(".notice")].map((notice) => notice.textContent.trim());
  if (notices.length) announce(notices.join(" "));
}

/* htmx: a swapped part says itself where the focus goes (data-focus) and what is heard (data-announce). */
let swap = null;

function afterSwap(event) {
  const part = event.detail.elt;
  const summary = part.matches(".error-summary") ? part : part.querySelector(".error-summary");
  const wanted = summary || (part.matches("[data-focus]") ? part : part.querySelector("[data-focus]"));
  const spoken = part.matches("[data-announce]") ? part : part.querySelector("[data-announce]");
  if (spoken) announce(spoken.dataset.announce);
  if (wanted) focusOn(wanted);
  part.querySelectorAll("textarea[data-limit]").forEach(count);
}

/* Once all has settled: the thing that had the focus is gone, so stay on what replaced it, else on its list's heading. */
function keepFocus() {
  if (!swap || !isFocusLost()) return;
  const same = swap.id && document.getElementById(swap.id);
  const next = same || (swap.next && swap.next.isConnected && swap.next);
  const inside = next && next.querySelector("a[href], button, input:not([type=hidden])");
  focusOn(inside || next || document.querySelector("#main h2, #main h1"));
}

function remember(event) {
  const target = event.detail.target;
  const isInside = target.contains(document.activeElement);
  swap = isInside ? { id: target.id, next: target.nextElementSibling } : null;
}

/* While it loads: the part is busy, its button keeps its words plus dots. */
function button(event) {
  const element = event.detail.elt;
  const submitter = event.detail.requestConfig?.triggeringEvent?.submitter;
  return submitter || (element.matches("button") ? element : null);
}

function begin(event) {
  event.detail.target?.setAttribute("aria-busy", "true");
  event.detail.elt.parentNode?.querySelectorAll(":scope > .failure").forEach((old) => old.remove());
  const pressed = button(event);
  if (!pressed) return;
  pressed.dataset.words = pressed.textContent;
  pressed.append("…");
  pressed.setAttribute("aria-disabled", "true");
}

function end(event) {
  event.detail.target?.removeAttribute("aria-busy");
  const pressed = button(event);
  if (!pressed?.isConnected || !pressed.dataset.words) return;
  pressed.lastChild.remove();
  delete pressed.dataset.words;
  pressed.removeAttribute("aria-disabled");
}

/* When it fails: say so beside the form, keep the text, offer to try again. */
function fail(event, words) {
  const element = event.detail.elt;
  if (!element.isConnected || element.matches("[data-quiet]")) return;
  const shown = document.getElementById("failure").content.firstElementChild.cloneNode(true);
  if (words) shown.querySelector("p").textContent = words;
  shown.querySelector("button").addEventListener("click", () => {
    shown.remove();
    if (element.matches("form")) element.requestSubmit();
    else element.click();
  });
  element.before(shown);
  focusOn(shown);
}

/* A session that ended answers with the sign-in page; that must not replace a half-written text. */
function refuseSignIn(event) {
  const path = new URL(event.detail.xhr.responseURL || location.href).pathname;
  if (!path.startsWith("/sign-in/") || location.pathname.startsWith("/sign-in/")) return;
  event.detail.shouldSwap = false;
  fail(event, "You are signed out. Sign in in a new tab, then try again. Your text is still here.");
}

/* Letters left, from three quarters of the limit on; spoken only once it is too long. */
function count(field) {
  const limit = Number(field.dataset.limit);
  const length = [...field.value].length;
  let words = field.parentNode.querySelector(".counter");
  if (!words) {
    words = document.createElement("p");
    words.className = "counter";
    field.after(words);
  }
  const over = length - limit;
  const shown = length >= limit * 0.75;
  if (over > 0 && !words.classList.contains("over")) announce(`${over} characters too many`);
  words.classList.toggle("over", over > 0);
  const left = over > 0 ? `${over} characters too many` : `${-over} characters left`;
  words.textContent = shown ? left : "";
}

/* Menus marked data-closes shut on Escape and on a click elsewhere. */
function closeMenus(event) {
  document.querySelectorAll("details[data-closes][open]").forEach((menu) => {
    const isEscape = event.key === "Escape";
    if (!isEscape && menu.contains(event.target)) return;
    menu.open = false;
    if (isEscape) menu.querySelector("summary").focus();
  });
}

/* Printing needs script, so its button is only there with it. */
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-limit]")) count(event.target);
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(event); });
document.addEventListener("click", closeMenus);
document.addEventListener("announce", (event) => announce(event.detail.value));
document.addEventListener("htmx:beforeRequest", (event) => {
  if (button(event)?.getAttribute("aria-disabled")) event.preventDefault();
  else begin(event);
});
document.addEventListener("htmx:afterRequest", (event) => { end(event); setTimeout(keepFocus, 50); });
document.addEventListener("htmx:beforeSwap", (event) => { remember(event); refuseSignIn(event); });
document.addEventListener("htmx:afterSettle", afterSwap);
document.addEventListener("htmx:responseError", (event) => fail(event));
document.addEventListener("htmx:sendError", (event) => fail(event));
document.addEventListener("htmx:timeout", (event) => fail(event));
document.querySelectorAll("textarea[data-limit]").forEach(count);
arrive();
