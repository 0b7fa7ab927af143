/*
 * The API explorer where GraphiQL is not built: a document, its variables, and what the server answers.
 *
 * Everything runs with the rights of whoever is logged in; the server decides what that allows.
 */

import { byId, setText } from "./dom.js";
import { socketUrl } from "./graphql-ws.js";
import { accessToken, isLoggedIn, logIn, logOut, whenEnded, whoAmI } from "./session.js";

const FIRST_DOCUMENT = `query Newest {
  tournaments(first: 5) {
    nodes {
      id
      name
      status
      entrantCount
    }
  }
}
`;
/* A stream may go on for hours; what it said first is of no use any more. */
const LONGEST_STREAM = 100;

const form = byId("ask");
const answer = byId("answer");
let socket = null;
let heard = [];

function show(id) {
  for (const part of ["gate", "refused", "desk"]) byId(part).hidden = part !== id;
}

function leave(message = "") {
  stop();
  logOut();
  setText(answer, "");
  setText(byId("state"), "");
  setText(byId("problem"), message);
  show("gate");
}

async function enter() {
  const viewer = await whoAmI();
  if (!viewer) {
    leave("Please log in again.");
    return;
  }
  setText(byId("who"), viewer.name);
  setText(byId("refused-why"), `${viewer.name} is not an administrator of this Matchpoint, so the explorer stays closed.`);
  show(viewer.isAdmin ? "desk" : "refused");
}

/** What the form asks for. Throws when the variables are not JSON. */
function asked() {
  const variables = form.elements.variables.value.trim();
  return { query: form.elements.document.value, variables: variables ? JSON.parse(variables) : {} };
}

const print = (value) => JSON.stringify(value, null, 2);

async function run() {
  stop();
  setText(answer, "");
  try {
    const body = JSON.stringify(asked());
    setText(byId("state"), "Waiting for the answer …");
    const headers = {
      accept: "application/graphql-response+json, application/json;q=0.9",
      authorization: `Bearer ${await accessToken()}`,
      "content-type": "application/json",
    };
    const response = await fetch("/graphql", { method: "POST", headers, body });
    setText(answer, print(await response.json()));
    setText(byId("state"), `Answered with status ${response.status}.`);
  } catch (failure) {
    setText(byId("state"), `Not answered: ${failure.message}`);
  }
}

async function subscribe() {
  stop();
  setText(answer, "");
  heard = [];
  try {
    const payload = asked();
    const token = await accessToken();
    open(payload, token);
  } catch (failure) {
    setText(byId("state"), `Not sent: ${failure.message}`);
  }
}

function open(payload, token) {
  const opened = new WebSocket(socketUrl(), "graphql-transport-ws");
  const send = (message) => opened.send(JSON.stringify(message));
  socket = opened;
  byId("stop").disabled = false;
  setText(byId("state"), "Connecting …");
  opened.onopen = () => send({ type: "connection_init", payload: { authorization: `Bearer ${token}` } });
  opened.onclose = ({ code, reason }) => ended(`The connection ended: ${code} ${reason}`);
  opened.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "ping") send({ type: "pong" });
    if (message.type === "connection_ack") {
      setText(byId("state"), "Subscribed. The newest message is on top.");
      send({ type: "subscribe", id: "1", payload });
    }
    if (message.type === "next" || message.type === "error") hear(message.payload);
    if (message.type === "error") ended("The server refused it.");
    if (message.type === "complete") ended("The stream is complete.");
  };
}

function hear(payload) {
  heard = [print(payload), ...heard].slice(0, LONGEST_STREAM);
  setText(answer, heard.join("\n\n"));
}

function ended(why) {
  stop();
  setText(byId("state"), why);
}

function stop() {
  byId("stop").disabled = true;
  if (socket === null) return;
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close(1000);
  socket = null;
}

byId("log-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = new FormData(event.currentTarget);
  try {
    await logIn(fields.get("login"), fields.get("password"));
    await enter();
  } catch (failure) {
    setText(byId("problem"), failure.message);
  }
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
byId("subscribe").addEventListener("click", subscribe);
byId("stop").addEventListener("click", () => ended("Stopped."));
for (const button of document.querySelectorAll("[data-log-out]")) button.addEventListener("click", () => leave());

form.elements.document.value = FIRST_DOCUMENT;
whenEnded(() => leave("Your session is over. Please log in again."));
if (isLoggedIn()) enter().catch((failure) => leave(failure.message));
else show("gate");
