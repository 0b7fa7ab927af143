/** Relay: the compiler registers the documents and leaves only their ids; a network layer of two functions sends them. */
import {
  Environment,
  Network,
  Observable,
  RecordSource,
  Store,
  commitMutation,
  fetchQuery,
  requestSubscription,
  type ConcreteRequest,
  type GraphQLResponse,
  type MutationParameters,
  type RequestParameters,
  type Variables,
} from "relay-runtime";
import bracketSubscription, { type eventsBracketSubscription } from "./__generated__/eventsBracketSubscription.graphql.js";
import createMutation, { type eventsCreateMutation } from "./__generated__/eventsCreateMutation.graphql.js";
import registerMutation, { type eventsRegisterMutation } from "./__generated__/eventsRegisterMutation.graphql.js";
import tournamentsQuery, { type eventsTournamentsQuery } from "./__generated__/eventsTournamentsQuery.graphql.js";
import { Sightings, connected, newEvent, newcomer, tournamentId } from "../sightings.js";

const sightings = new Sightings();
const { session, socket } = connected(sightings);

async function ask({ id }: RequestParameters, variables: Variables): Promise<GraphQLResponse> {
  const response = await session.fetch(session.url, {
    method: "POST",
    headers: { accept: "application/graphql-response+json", "content-type": "application/json" },
    body: JSON.stringify({ documentId: id, variables }),
  });
  return (await response.json()) as GraphQLResponse;
}

function follow({ id }: RequestParameters, variables: Variables): Observable<GraphQLResponse> {
  return Observable.create((sink) =>
    socket.subscribe<Record<string, unknown>>(
      { documentId: id ?? undefined, variables },
      {
        next: (result) => sink.next(result as GraphQLResponse),
        error: (reason) => sink.error(reason instanceof Error ? reason : new Error(JSON.stringify(reason))),
        complete: () => sink.complete(),
      },
    ),
  );
}

const environment = new Environment({ network: Network.create(ask, follow), store: new Store(new RecordSource()) });

function mutate<Mutation extends MutationParameters>(mutation: ConcreteRequest, variables: Mutation["variables"]) {
  return new Promise<Mutation["response"]>((resolve, reject) =>
    commitMutation<Mutation>(environment, { mutation, variables, onCompleted: (response) => resolve(response), onError: reject }),
  );
}

const { register } = await mutate<eventsRegisterMutation>(registerMutation, { input: newcomer("relay") });
if (!register.tokens) throw new Error(`${register.code}: ${register.message}`);
session.signIn(register.tokens);

const before = await fetchQuery<eventsTournamentsQuery>(environment, tournamentsQuery, {}).toPromise();
const { createTournament } = await mutate<eventsCreateMutation>(createMutation, { input: newEvent("relay-cup") });

const watching = requestSubscription<eventsBracketSubscription>(environment, {
  subscription: bracketSubscription,
  variables: { tournamentId },
  onNext: (response) => response && sightings.saw(response.bracketChanges),
  onError: (reason) => {
    throw reason;
  },
});
await sightings.enough;
watching.dispose();

const after = await fetchQuery<eventsTournamentsQuery>(environment, tournamentsQuery, {}).toPromise();
sightings.tell({
  upcoming: before?.tournaments.edges.map(({ node }) => node.slug),
  created: createTournament.tournament?.slug ?? createTournament,
  viewer: after?.viewer?.user.username,
});
await socket.close();
