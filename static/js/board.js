// The board with script: it refreshes every minute while somebody looks, unless it is switched off.
"use strict";

const MINUTE = 60_000;
const KEY = "board-refresh";
const board = document.getElementById("board");

const isOn = () => localStorage.getItem(KEY) !== "off";

/* The switch is part of what is refreshed, so it is shown anew each time. */
function showSwitch() {
  const holder = board.querySelector(".board-switch");
  if (!holder) return;
  holder.hidden = false;
  holder.querySelector("[data-refresh]").setAttribute("aria-pressed", String(isOn()));
}

board.addEventListener("click", (event) => {
  if (!event.target.closest("[data-refresh]")) return;
  localStorage.setItem(KEY, isOn() ? "off" : "on");
  showSwitch();
});

board.addEventListener("htmx:afterSettle", showSwitch);
setInterval(() => {
  if (isOn() && !document.hidden) htmx.trigger(board, "board:refresh");
}, MINUTE);
showSwitch();
