/* Nodes that say how long something has left. All of them are written anew each second, for as long as they are shown. */

import { setText } from "./dom.js";

const running = new Map();
let ticking = 0;

/** How long it is until an instant: "4:32", "5 h 12 min", "3 d 4 h". Null once it has come. */
export function timeLeft(instant, now = Date.now()) {
  const seconds = Math.ceil((new Date(instant) - now) / 1000);
  if (seconds <= 0) return null;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Writes into a node what is due and how long it has left, "Check-in \u00b7 4:32", from now on. Without an instant only what. */
export function countDown(node, what, instant) {
  running.delete(node);
  if (!instant) {
    setText(node, what);
    return;
  }
  const write = () => setText(node, [what, timeLeft(instant) ?? "time is over"].filter(Boolean).join(" \u00b7 "));
  running.set(node, write);
  write();
  ticking ||= setInterval(tick, 1_000);
}

function tick() {
  for (const [node, write] of running) {
    if (node.isConnected) write();
    else running.delete(node);
  }
  if (running.size > 0) return;
  clearInterval(ticking);
  ticking = 0;
}
