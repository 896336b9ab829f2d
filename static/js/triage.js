// The queue by keyboard: every key presses a button or link that is on the page and names it.
"use strict";

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
const queue = document.getElementById("queue");
let goes = false; // after g, the next letter names a page
let cursor = ""; // the reference of the row that the hand is on

function say(words) {
  document.dispatchEvent(new CustomEvent("announce", { detail: { value: words } }));
}

function find(selector) {
  return queue.querySelector(selector);
}

/** The rows of the list, as they are now. */
function rows() {
  return [...queue.querySelectorAll("tr[data-row]")];
}

function isOpen() {
  return Boolean(find(".queue-detail"));
}

/* The list stays away on a narrow screen while a request is open. */
function isListShown() {
  return rows().some((row) => row.offsetParent);
}

function place() {
  const all = rows();
  const focused = document.activeElement?.closest?.("tr[data-row]");
  const known = all.findIndex((row) => row.dataset.row === cursor);
  if (focused) return all.indexOf(focused);
  return known >= 0 ? known : all.findIndex((row) => row.hasAttribute("aria-current"));
}

function stand(row) {
  cursor = row.dataset.row;
  row.querySelector("a.title").focus();
  row.scrollIntoView({ block: "nearest" });
}

function step(by, extend) {
  if (!isListShown()) return press(by > 0 ? "]" : "[");
  const all = rows();
  const from = place();
  const to = from < 0 ? 0 : from + by;
  if (extend && from >= 0) pick(all[from], true);
  if (!all[to]) return say(by > 0 ? "End of this view" : "Start of this view");
  if (extend) pick(all[to], true);
  stand(all[to]);
}

/* Selecting rows for a bulk action. */
function pick(row, on) {
  const box = row?.querySelector("input[name=pick]");
  if (!box) return;
  box.checked = on ?? !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function count() {
  const bar = find(".bulk-bar");
  if (!bar) return;
  const number = queue.querySelectorAll("input[name=pick]:checked").length;
  bar.querySelector(".bulk-count").textContent = number ? `${number} selected` : "Select rows to do one thing with several";
  bar.classList.toggle("bulk-on", number > 0);
}

/* Pressing what is on the page. From the list, a letter opens the row it stands on first. */
function press(key) {
  const button = [...queue.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => one.offsetParent);
  if (button) button.click();
  return Boolean(button);
}

function afterNext(act) {
  queue.addEventListener("htmx:afterSettle", () => setTimeout(act), { once: true });
}

function open() {
  const row = rows()[place()];
  if (!row) return false;
  cursor = row.dataset.row;
  row.querySelector("a.title").click();
  return true;
}

function act(key) {
  if (press(key)) return true;
  if (isOpen()) return refuse(key);
  afterNext(() => press(key) || refuse(key));
  return open();
}

/* A key of the map without a button here says so instead of doing nothing. */
function refuse(key) {
  const named = document.querySelector(`#keys-help [data-names="${CSS.escape(key)}"]`);
  if (!named) return false;
  const reference = find(".queue-detail")?.dataset.reference;
  say(reference ? `${named.textContent}: not possible on ${reference} now` : `${named.textContent}: choose a request first`);
  return true;
}

/* To the list's fields, from a request as well. */
function toField(selector) {
  const field = find(selector);
  const box = field?.closest("details");
  if (box) box.open = true;
  if (field?.offsetParent) return field.focus();
  afterNext(() => toField(selector));
  find("[data-close]")?.click();
}

function back() {
  const panel = find("#act .act-panel");
  if (panel) return panel.querySelector("[data-leave]")?.click();
  const row = rows().find((one) => one.dataset.row === find(".queue-detail")?.dataset.reference);
  if (row?.offsetParent) return stand(row);
  find("[data-close]")?.click();
}

/* From a field to the heading above it, where the keys work again. */
function leaveField(field) {
  const heading = field.closest(".act-panel, .queue-detail, form")?.querySelector("h1, h2");
  if (!heading) return field.blur();
  heading.tabIndex = -1;
  heading.focus();
}

const help = document.getElementById("keys-help");

function showHelp(event) {
  event?.preventDefault();
  help?.showModal();
}

function go(key) {
  goes = false;
  const link = document.querySelector(`#keys-help [data-go="${CSS.escape(key)}"]`);
  if (link) location.assign(link.href);
}

const MOVES = {
  j: () => step(1), ArrowDown: () => step(1), J: () => step(1, true),
  k: () => step(-1), ArrowUp: () => step(-1), K: () => step(-1, true),
  o: open, Escape: back, x: () => pick(rows()[place()]),
  "/": () => toField("#filter-q"), f: () => toField(".filter-bar select"), "?": () => showHelp(),
  g: () => { goes = true; setTimeout(() => { goes = false; }, 1500); },
};

function isElsewhere(event) {
  const modified = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  return modified || event.defaultPrevented || document.querySelector("dialog[open], details[data-closes][open]");
}

function onKey(event) {
  const isSent = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (isSent && event.target.matches(".act-panel textarea, .act-panel input")) {
    event.preventDefault();
    return event.target.form.requestSubmit();
  }
  if (!("keys" in queue.dataset) || isElsewhere(event)) return;
  if (event.target.closest(TYPING)) {
    if (event.key === "Escape") leaveField(event.target);
    return;
  }
  if (goes) return go(event.key);
  const isArrow = event.key.startsWith("Arrow");
  if (isArrow && event.target.closest("[type=radio], .queue-detail, .table-scroll:focus")) return;
  const move = MOVES[event.key];
  if (!move && event.key.length !== 1) return;
  if (move ? move() !== false : act(event.key)) event.preventDefault();
  else if (isArrow || move) event.preventDefault();
}

/* After each swap: the open row stays in sight, the hand is on it, and a field gets the letters. */
function settle() {
  const current = find("tr[aria-current]");
  if (current) {
    cursor = current.dataset.row;
    current.scrollIntoView({ block: "nearest" });
  }
  const first = find("#act .act-panel form[method=post] textarea, #act .act-panel form[method=post] input[type=text]");
  if (first && document.activeElement === find("#act-title") && first.closest("[data-write]")) first.focus();
  count();
}

if (queue) {
  document.addEventListener("keydown", onKey);
  document.addEventListener("htmx:afterSettle", settle);
  document.addEventListener("change", (event) => { if (event.target.matches("input[name=pick]")) count(); });
  document.querySelectorAll("[data-opens-keys]").forEach((link) => link.addEventListener("click", showHelp));
  settle();
}
