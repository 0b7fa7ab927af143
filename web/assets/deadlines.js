/*
 * Who has checked in for the matches of an event, until when they can, and until when a reported result waits for an
 * answer. Only pages of events with such deadlines load this, so that the stream of all others stays without them.
 */

import { documentText } from "./http.js";

/** Follows the deadlines of an event. `onRead` gets matches, each with `checkIn` and `confirmsAt`; `onEnd` hears the end. */
export async function follow(socket, tournamentId, onRead, onEnd) {
  const query = await documentText("MatchDeadlines");
  let cursor = null;
  socket.subscribe({
    query,
    variables: () => ({ tournamentId, after: cursor }),
    onNext: ({ bracketChanges: message }) => {
      cursor = message.cursor ?? cursor;
      if (message.match) onRead([message.match]);
      else if (message.bracket) onRead(message.bracket.rounds.flatMap(({ matches }) => matches));
    },
    onError: onEnd,
    onComplete: onEnd,
  });
}
