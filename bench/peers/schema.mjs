// What every server from npm shares: the schema of bench/peers/schema.py, and resolvers over the same file of data.
import { readFileSync } from "node:fs";

const [file, portText] = process.argv.slice(2);
export const port = Number(portText);
export const data = JSON.parse(readFileSync(file, "utf8"));

export const typeDefs = `
  enum MatchState { READY LIVE FINISHED }

  type Item { id: ID! name: String! score: Int! active: Boolean! rank: Int! city: String! }
  type Participant { id: ID! name: String! }
  type Slot { score: Int! isWinner: Boolean! participant: Participant! }
  type Match { id: ID! state: MatchState! bestOf: Int! slots: [Slot!]! }
  type Round { matches: [Match!]! }
  type Bracket { rounds: [Round!]! }
  type Change { number: Int! items: [Item!]! }

  type Query {
    hello: String!
    items: [Item!]!
    bracket(entrants: Int!): Bracket
  }
  type Subscription { changes: Change! }
`;

export const resolvers = {
  Query: {
    hello: async () => data.hello,
    items: async () => data.items,
    bracket: async (_, { entrants }) => data.brackets[entrants] ?? null,
  },
};
