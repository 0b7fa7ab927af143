/** urql: documents by their ids, queries by GET, mutations by POST, subscriptions over WebSocket. */
import { Client, cacheExchange, fetchExchange, makeOperation, mapExchange, subscriptionExchange, type DocumentInput } from "@urql/core";
import type { Listener } from "@matchpoint/client";
import { CreateDocument, SignUpDocument, TournamentsDocument, WatchDocument } from "../generated/graphql.js";
import { Sightings, connected, newEvent, newcomer, tournamentId } from "../sightings.js";

/** The id under which the document is registered. The code generator wrote it into the document. */
function idOf(document: DocumentInput): string {
  const { __meta__ } = document as { __meta__?: { hash: string } };
  if (!__meta__) throw new Error("The document was not made by `npm run generate`.");
  return __meta__.hash.replace("sha256:", "");
}

/** Names documents by their ids; urql leaves the text out when it finds this extension. */
const persisted = mapExchange({
  onOperation: (operation) =>
    operation.kind === "teardown"
      ? operation
      : makeOperation(operation.kind, {
          ...operation,
          extensions: { ...operation.extensions, persistedQuery: { version: 1, sha256Hash: idOf(operation.query) } },
        }),
});

const sightings = new Sightings();
const { session, socket } = connected(sightings);
const client = new Client({
  url: session.url,
  fetch: session.fetch,
  preferGetMethod: "within-url-limit",
  exchanges: [
    persisted,
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ extensions, variables }) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe({ extensions, variables }, sink as Listener<Record<string, unknown>>) }),
      }),
    }),
  ],
});

const signedUp = await client.mutation(SignUpDocument, { input: newcomer("urql") });
if (signedUp.data?.register.__typename !== "RegisterPayload") throw signedUp.error ?? new Error(JSON.stringify(signedUp.data));
session.signIn(signedUp.data.register.tokens);

const before = await client.query(TournamentsDocument, {});
const made = await client.mutation(CreateDocument, { input: newEvent("urql-cup") });

const watching = client.subscription(WatchDocument, { tournamentId }).subscribe(({ data, error }) => {
  if (error) throw error;
  if (data) sightings.saw(data.bracketChanges);
});
await sightings.enough;
watching.unsubscribe();

const after = await client.query(TournamentsDocument, {}, { requestPolicy: "network-only" });
const created = made.data?.createTournament;
sightings.tell({
  upcoming: before.data?.tournaments.edges.map(({ node }) => node.slug),
  created: created?.__typename === "CreateTournamentPayload" ? created.tournament.slug : created,
  viewer: after.data?.viewer?.user.username,
});
await socket.close();
