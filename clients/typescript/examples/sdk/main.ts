/** The SDK alone, without a key: the server's own documents. */
import {
  BracketChanges,
  CreateTournament,
  Overview,
  Refused,
  Register,
  SessionEnded,
  ViewerRoles,
  createClient,
  type Credentials,
} from "@matchpoint/client";
import { Sightings, newEvent, newcomer, tournamentId, url, webSocketImpl } from "../sightings.js";

const sightings = new Sightings();
const kept: (Credentials | null)[] = [];
const client = createClient({
  url,
  webSocketImpl,
  onClosed: sightings.closed,
  onCredentials: (credentials) => kept.push(credentials),
});

const { register } = await client.mutate(Register, { input: newcomer("sdk") });
if (register.__typename !== "RegisterPayload") throw new Error(`${register.code}: ${register.message}`);
client.signIn(register.tokens);

const { upcoming } = await client.query(Overview);
const created = await createdEvent();
const again = await client.mutate(CreateTournament, { input: { ...newEvent("sdk-cup"), idempotencyKey: "another" } });

// Nothing renews this one but a request over HTTP that is refused.
const idle = createClient({ url, onCredentials: (credentials) => kept.push(credentials) });
const other = await idle.mutate(Register, { input: newcomer("sdk-idle") });
if (other.register.__typename !== "RegisterPayload") throw new Error(other.register.code);
const { tokens } = other.register;
idle.signIn(tokens);
const idleUntil = Date.parse(tokens.accessTokenExpiresAt) + 500;

for await (const { bracketChanges } of client.subscribe(BracketChanges, { tournamentId })) {
  sightings.saw(bracketChanges);
  if (sightings.isEnough) break;
}

await new Promise((resolve) => setTimeout(resolve, idleUntil - Date.now()));
const answers = await Promise.all([idle.query(ViewerRoles), idle.query(ViewerRoles)]);
const { viewer } = await client.query(ViewerRoles);

// Tokens that were traded already, as a thief would have them: over HTTP, and over WebSocket.
const left: (Credentials | null)[] = [];
const thief = () => createClient({ url, webSocketImpl, credentials: tokens, onCredentials: (changed) => left.push(changed) });
const ended = [
  await codeOf(thief().query(ViewerRoles)),
  await codeOf(thief().subscribe(BracketChanges, { tournamentId }).next()),
];
const unknown = await codeOf(client.query({ ...ViewerRoles, id: `sha256:${"0".repeat(64)}` }));
sightings.tell({
  upcoming: upcoming.edges.map(({ node }) => node.slug),
  created,
  again: again.createTournament.__typename,
  viewer: viewer?.user.displayName,
  idle: answers.map((answer) => answer.viewer?.user.displayName),
  renewals: kept.length - 2,
  ended,
  left,
  unknown,
});
await client.close();

/** Why the server did not answer. */
async function codeOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof Refused) return `${error instanceof SessionEnded ? "ended" : "refused"} ${error.code}`;
    throw error;
  }
  return "answered";
}

/** Every member of the result has its case: the compiler complains when one is forgotten. */
async function createdEvent(): Promise<string> {
  const { createTournament } = await client.mutate(CreateTournament, { input: newEvent("sdk-cup") });
  switch (createTournament.__typename) {
    case "CreateTournamentPayload":
      return createTournament.tournament.slug;
    case "ConflictError":
    case "ForbiddenError":
    case "InvalidInputError":
    case "LimitReachedError":
    case "NotFoundError":
    case "StaleVersionError":
    case "UnauthenticatedError":
    case "UnavailableError":
      return createTournament.code;
    default:
      return createTournament satisfies never;
  }
}
