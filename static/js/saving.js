// Keeps what is typed on the server while it is typed. Without it, each Continue does.
"use strict";

const form = document.querySelector("form[data-saves]");
const statusLine = document.getElementById("save-status");
const PAUSE = 2000;
const AGAIN = 5000;
const FAILED = "Not saved. We try again. Your text is safe on this screen.";
const SIGNED_OUT = "You are signed out. Press Continue: your text is shown to you again.";

let timer = null;
let running = null;
let isChanged = false;
let isOver = false;
let wasSaved = false;
let hasFailed = false;

function show(words, isHeard) {
  statusLine.textContent = words;
  if (isHeard) document.dispatchEvent(new CustomEvent("announce", { detail: { value: words } }));
}

/** What stands in the fields; files go with Continue alone. */
function typed() {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

async function send() {
  isChanged = false;
  const headers = { "X-Requested-With": "fetch" };
  const answer = await fetch(form.dataset.saves, { method: "POST", body: typed(), headers, keepalive: true });
  if (answer.redirected) return stop(SIGNED_OUT);
  if (!answer.ok && answer.status !== 409) throw new Error(String(answer.status));
  const { seen, words } = await answer.json();
  if (answer.status === 409) return stop(words);
  form.elements.seen.value = seen;
  show(isChanged ? "Not saved yet" : words, !wasSaved);
  wasSaved = true;
  hasFailed = false;
}

function stop(words) {
  isOver = true;
  show(words, true);
}

function fail() {
  isChanged = true;
  show(FAILED, !hasFailed);
  hasFailed = true;
  plan(AGAIN);
}

async function save() {
  clearTimeout(timer);
  timer = null;
  if (running || isOver || !isChanged) return;
  show("Saving", false);
  running = send().catch(fail);
  await running;
  running = null;
  if (isChanged) plan(PAUSE);
}

/** At the latest two seconds after a key, also while typing goes on. */
function plan(pause) {
  if (!timer && !isOver) timer = setTimeout(save, pause);
}

function change() {
  if (isOver) return;
  isChanged = true;
  if (!running) show("Not saved yet", false);
  plan(PAUSE);
}

/** Continue waits for a save that is under way, so that it isn't taken for another window's. */
async function leave(event) {
  const wasRunning = running;
  isOver = true;
  clearTimeout(timer);
  if (!wasRunning) return;
  event.preventDefault();
  await wasRunning;
  form.requestSubmit(event.submitter);
}

if (statusLine && form?.dataset.saves) {
  form.addEventListener("input", change);
  form.addEventListener("focusout", save);
  form.addEventListener("submit", leave);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
}
