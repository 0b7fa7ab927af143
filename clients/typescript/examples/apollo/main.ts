/** Apollo Client: documents by their ids over HTTP and WebSocket, and a cache that a subscription keeps up to date. */
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { OperationTypeNode, type DocumentNode } from "graphql";
import { Observable } from "rxjs";
import type { Socket } from "@matchpoint/client";
import { CreateDocument, SignUpDocument, TournamentsDocument, WatchDocument } from "../generated/graphql.js";
import { Sightings, connected, newEvent, newcomer, tournamentId } from "../sightings.js";

/** Subscriptions, over a socket that goes on where it was. */
class SocketLink extends ApolloLink {
  constructor(readonly socket: Socket) {
    super();
  }

  override request({ extensions, variables }: ApolloLink.Operation): Observable<ApolloLink.Result> {
    return new Observable((observer) => this.socket.subscribe<Record<string, unknown>>({ extensions, variables }, observer));
  }
}

/** The id under which the document is registered. The code generator wrote it into the document. */
function idOf(document: DocumentNode): string {
  const { __meta__ } = document as { __meta__?: { hash: string } };
  if (!__meta__) throw new Error("The document was not made by `npm run generate`.");
  return __meta__.hash.replace("sha256:", "");
}

const sightings = new Sightings();
const { session, socket } = connected(sightings);
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.from([
    // The text is never sent, also not when the server does not know the id.
    new PersistedQueryLink({ generateHash: idOf, retry: () => false }),
    ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new SocketLink(socket),
      new HttpLink({ uri: session.url, fetch: session.fetch }),
    ),
  ]),
});

const signedUp = await client.mutate({ mutation: SignUpDocument, variables: { input: newcomer("apollo") } });
if (signedUp.data?.register.__typename !== "RegisterPayload") throw new Error(JSON.stringify(signedUp.data));
session.signIn(signedUp.data.register.tokens);

const { data: before } = await client.query({ query: TournamentsDocument });
const { data: made } = await client.mutate({ mutation: CreateDocument, variables: { input: newEvent("apollo-cup") } });

const watching = client.subscribe({ query: WatchDocument, variables: { tournamentId } }).subscribe({
  next: ({ data, error }) => {
    if (error) throw error;
    if (data) sightings.saw(data.bracketChanges);
  },
  error: (reason: unknown) => {
    throw reason;
  },
});
await sightings.enough;
watching.unsubscribe();

const { data: after } = await client.query({ query: TournamentsDocument, fetchPolicy: "network-only" });
sightings.tell({
  upcoming: before?.tournaments.edges.map(({ node }) => node.slug),
  created: made?.createTournament.__typename === "CreateTournamentPayload" ? made.createTournament.tournament.slug : made,
  viewer: after?.viewer?.user.username,
});
client.stop();
await socket.close();
