/*
 * Holds the schema and the first-party documents to the rules in README ("The schema"), with graphql-eslint.
 *
 * `make check` runs it from the root of the project. Whatever differs from the recommended rules has its reason here.
 */

import graphql from "@graphql-eslint/eslint-plugin";

const SCHEMA = "schema/schema.graphql";
const DOCUMENTS = "schema/documents/*.graphql";

const read = {
  plugins: { "@graphql-eslint": graphql },
  languageOptions: {
    parser: graphql.parser,
    parserOptions: { graphQLConfig: { schema: SCHEMA, documents: DOCUMENTS } },
  },
};

/* Parts of something that has an id, and what is computed from it: nobody could ask for them on their own. */
const VALUES = [
  "AuthTokens",
  "Bracket",
  "BracketExtent",
  "BracketPlace",
  "BracketRound",
  "CounterPicks",
  "DailyUsage",
  "DisputeMessage",
  "DocumentProblem",
  "DocumentUsage",
  "EliminationFacts",
  "EliminationSettings",
  "EntrantGroup",
  "EventImportReport",
  "EventImportState",
  "EventOrigin",
  "FreeForAllSettings",
  "GameOption",
  "GameScore",
  "GroupMeetings",
  "HeatEffect",
  "HeatEntrant",
  "HeatGame",
  "HeatStanding",
  "ImportDifference",
  "ImportedStage",
  "Ladder",
  "LadderChallenge",
  "LadderSettings",
  "MapPosition",
  "MatchAttention",
  "MatchCheckIn",
  "MatchCheckInSide",
  "MatchDeadlines",
  "MatchEffect",
  "MatchEvent",
  "MatchFormat",
  "MatchProgress",
  "MatchReport",
  "MatchSlot",
  "MyEvent",
  "NextHeat",
  "NextMatch",
  "PageInfo",
  "PairedSeat",
  "Pairing",
  "Placement",
  "Preferences",
  "Queue",
  "Ranking",
  "Rating",
  "RequestedBye",
  "RoundFormat",
  "RoundProgress",
  "RoundRobinSettings",
  "Rung",
  "RungChange",
  "RungMove",
  "SeedCut",
  "SeedingConflict",
  "SeedingReport",
  "SlotLink",
  "SlotSource",
  "StaffMember",
  "Stage",
  "StageBye",
  "StageGroup",
  "StageSource",
  "StageVeto",
  "Standing",
  "StandingTerm",
  "StandingValue",
  "StartingSide",
  "StatField",
  "SwissSettings",
  "TeamMember",
  "VetoMap",
  "VetoOption",
  "VetoPlanStep",
  "VetoSequence",
  "VetoStep",
  "Viewer",
  "WaitingHeat",
  "WaitingMatch",
];

/* Messages of a stream. What they carry has the id. */
const MESSAGES = ["LiveScore", "Presence", "Resync"];
const MESSAGE_ENDINGS = ["Added", "Changed", "Snapshot"];

/* What a mutation answers, and a page. They are made for one answer. */
const ANSWER_ENDINGS = ["Payload", "Error", "Connection", "Edge"];

export default [
  {
    files: [SCHEMA],
    ...read,
    rules: {
      ...graphql.configs["flat/schema-recommended"].rules,
      ...graphql.configs["flat/schema-relay"].rules,
      "@graphql-eslint/require-description": [
        "error",
        {
          types: true,
          rootField: true,
          DirectiveDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          ignoredSelectors: [
            /* It is part of the GraphQL specification, which describes it. */
            "DirectiveDefinition[name.value=oneOf]",
            /* strawberry prints no descriptions of them; those of the GraphQL cost specification hold. */
            "DirectiveDefinition > InputValueDefinition",
          ],
        },
      ],
      "@graphql-eslint/strict-id-in-types": [
        "error",
        { exceptions: { types: [...VALUES, ...MESSAGES], suffixes: [...MESSAGE_ENDINGS, ...ANSWER_ENDINGS] } },
      ],
      /* `User.username` is one word, and the rule knows no exceptions; tests/architecture holds it for all others. */
      "@graphql-eslint/no-typename-prefix": "off",
      /* Pages go forward: no client of ours goes back, and a keyset would have to be read from both ends. */
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
      "@graphql-eslint/relay-edge-types": [
        "error",
        {
          withEdgeSuffix: true,
          /* Log entries and ratings are values. */
          shouldImplementNode: false,
          /* Short lists are bounded by a rule of the game or the domain; tests/architecture names each of them. */
          listTypeCanWrapOnlyEdgeType: false,
        },
      ],
    },
  },
  {
    files: [DOCUMENTS],
    ...read,
    rules: {
      ...graphql.configs["flat/operations-recommended"].rules,
      /* GraphiQL lists the documents with their comments. */
      "@graphql-eslint/require-description": ["error", { OperationDefinition: true }],
      /* A document is sent as it is, so each brings its fragments; tests/web holds that equal names mean equal text. */
      "@graphql-eslint/unique-fragment-name": "off",
    },
  },
];
