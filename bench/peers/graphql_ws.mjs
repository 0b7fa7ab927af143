// `node graphql_ws.mjs DATA PORT`: subscriptions by graphql-ws over ws. POST /publish makes a change that all get.
import { EventEmitter, on } from "node:events";
import { createServer } from "node:http";

import { buildSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

import { data, port, typeDefs } from "./schema.mjs";

const SHOWN = 10;
const events = new EventEmitter().setMaxListeners(0);
let number = 0;

function change() {
  return {
    number,
    items: data.items.slice(0, SHOWN).map((item) => ({ ...item, score: item.score + number })),
  };
}

async function* changes() {
  const published = on(events, "change"); // listens before it reads, so that nothing is missed
  yield { changes: change() };
  for await (const [changed] of published) yield { changes: changed };
}

const server = createServer((request, response) => {
  if (request.method !== "POST" || request.url !== "/publish") {
    response.writeHead(404).end();
    return;
  }
  number += 1;
  events.emit("change", change());
  response.writeHead(204).end();
});
useServer(
  { schema: buildSchema(typeDefs), roots: { subscription: { changes } } },
  new WebSocketServer({ server, path: "/graphql" }),
);
server.listen(port, "127.0.0.1");
