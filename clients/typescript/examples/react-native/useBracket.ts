import { useEffect, useState } from "react";
import { AppState } from "react-native";
import { BracketChanges, Refused, type BracketChangesSubscription, type Client, type DrawingFragment } from "@matchpoint/client";

export type Change = BracketChangesSubscription["bracketChanges"];
export type Rounds = DrawingFragment["rounds"];

/** The rounds of a bracket after a change. Null before the start. */
export function changed(rounds: Rounds | null, change: Change): Rounds | null {
  switch (change.__typename) {
    case "BracketSnapshot":
      return change.bracket?.rounds ?? null;
    case "MatchChanged":
      return (
        rounds?.map((round) => ({
          ...round,
          matches: round.matches.map((match) => (match.id === change.match.id ? { ...match, ...change.match } : match)),
        })) ?? null
      );
    case "HeatChanged": // heats are in no bracket
    case "TournamentChanged":
    case "Resync": // a snapshot follows
      return rounds;
    default:
      return change satisfies never;
  }
}

/** A bracket that moves by itself, from the first look on and after every sleep of the device. */
export function useBracket(client: Client, tournamentId: string): { rounds: Rounds | null; refusal: Refused | null } {
  const [rounds, setRounds] = useState<Rounds | null>(null);
  const [refusal, setRefusal] = useState<Refused | null>(null);

  useEffect(() => {
    const changes = client.subscribe(BracketChanges, { tournamentId });
    let isShown = true;
    void (async () => {
      try {
        for await (const { bracketChanges } of changes) {
          if (!isShown) break;
          setRounds((before) => changed(before, bracketChanges));
        }
      } catch (error) {
        if (isShown) setRefusal(error instanceof Refused ? error : new Refused("UNREACHABLE", String(error)));
      }
    })();
    return () => {
      isShown = false;
      void changes.return();
    };
  }, [client, tournamentId]);

  useEffect(() => {
    // A socket may be dead after a sleep without saying so; a new one goes on after the last change.
    let before = AppState.currentState;
    const listening = AppState.addEventListener("change", (state) => {
      if (before === "background" && state === "active") client.reconnect();
      before = state;
    });
    return () => listening.remove();
  }, [client]);

  return { rounds, refusal };
}
