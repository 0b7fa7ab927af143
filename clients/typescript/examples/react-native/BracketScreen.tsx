import { FlatList, SafeAreaView, StyleSheet, Text, View } from "react-native";
import type { Client } from "@matchpoint/client";
import { useBracket, type Rounds } from "./useBracket";

type Match = Rounds[number]["matches"][number];

/** One bracket, round by round. */
export function BracketScreen({ client, tournamentId }: { client: Client; tournamentId: string }) {
  const { rounds, refusal } = useBracket(client, tournamentId);
  if (refusal) return <Text accessibilityRole="alert">{refusal.message}</Text>;
  if (!rounds) return <Text>The bracket comes with the start.</Text>;
  return (
    <SafeAreaView style={styles.screen}>
      <FlatList
        horizontal
        data={rounds}
        keyExtractor={({ side, number }) => `${side}-${number}`}
        renderItem={({ item: { name, matches } }) => (
          <View style={styles.round}>
            <Text accessibilityRole="header">{name}</Text>
            {matches.map((match) => (
              <MatchCard key={match.id} match={match} />
            ))}
          </View>
        )}
      />
    </SafeAreaView>
  );
}

function MatchCard({ match: { slots, winnerSlot, status } }: { match: Match }) {
  return (
    <View style={[styles.match, status === "LIVE" && styles.live]}>
      {slots.map(({ name, score }, slot) => (
        <Text key={slot} style={winnerSlot === slot && styles.winner}>
          {name ?? "–"} {score ?? ""}
        </Text>
      ))}
    </View>
  );
}

const styles = StyleSheet.create({
  screen: { flex: 1 },
  round: { width: 220, padding: 8, gap: 8 },
  match: { padding: 8, borderRadius: 6, borderWidth: StyleSheet.hairlineWidth },
  live: { borderColor: "crimson" },
  winner: { fontWeight: "bold" },
});
