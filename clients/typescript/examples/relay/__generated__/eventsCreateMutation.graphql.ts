/**
 * @generated SignedSource<<4248e136d02ee01b8d46eeb67ffe337d>>
 * @relayHash 1803210f7e7730961508944a03f78fcc
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

// @relayRequestID 457fa4de77e9fa1d21c6c044b03f6cea42e42287778a1e5c84662ad7e616bb55

import { ConcreteRequest } from 'relay-runtime';
export type BracketSide = "FINAL" | "GROUP" | "LOWER" | "THIRD_PLACE" | "UPPER" | "%future added value";
export type CounterPicker = "ALTERNATE" | "LOSER" | "WINNER" | "%future added value";
export type DropOrder = "CHALLONGE" | "NATURAL" | "OPTIMAL" | "%future added value";
export type GrandFinal = "ADVANTAGE" | "NONE" | "RESET" | "SINGLE" | "%future added value";
export type HeatCut = "HEAT" | "OVERALL" | "%future added value";
export type MatchScoring = "BEST_OF" | "PLAY_ALL" | "POINTS" | "%future added value";
export type ParticipantKind = "GUEST" | "TEAM" | "USER" | "%future added value";
export type Structure = "CUSTOM" | "DOUBLE_ELIMINATION" | "FREE_FOR_ALL" | "GSL_GROUP" | "LADDER" | "ROUND_ROBIN" | "SINGLE_ELIMINATION" | "SWISS" | "%future added value";
export type SwissMethod = "ADJACENT" | "FOLD" | "SLIDE" | "%future added value";
export type TournamentStatus = "CANCELLED" | "DRAFT" | "FINISHED" | "PUBLISHED" | "RUNNING" | "%future added value";
export type VetoBeginner = "COIN" | "HIGHER_SEED" | "LOWER_SEED" | "%future added value";
export type VetoRepeats = "ALLOWED" | "NOT_PLAYED" | "NOT_WON" | "%future added value";
export type VetoStepKind = "BAN" | "DECIDER" | "PICK" | "SIDE" | "%future added value";
export type VetoTemplate = "BANS_FIRST" | "STANDARD" | "STRIKE" | "%future added value";
export type VetoTurn = "A" | "B" | "%future added value";
export type CreateTournamentInput = {
  bestOf?: number;
  capacity?: number;
  checkInClosesAt?: string | null | undefined;
  checkInOpensAt?: string | null | undefined;
  description?: string;
  dropOrder?: DropOrder;
  entrantKind: ParticipantKind;
  finalAdvantage?: number;
  finalBestOf?: number | null | undefined;
  game: string;
  grandFinal?: GrandFinal;
  hasThirdPlaceMatch?: boolean;
  idempotencyKey?: string | null | undefined;
  lowerStarterCount?: number;
  matches?: ReadonlyArray<GraphMatchInput> | null | undefined;
  name: string;
  registrationClosesAt?: string | null | undefined;
  registrationOpensAt?: string | null | undefined;
  slug: string;
  stages?: ReadonlyArray<StageInput> | null | undefined;
  startsAt: string;
  structure?: Structure | null | undefined;
};
export type GraphMatchInput = {
  bestOf?: number | null | undefined;
  first: GraphSourceInput;
  key: string;
  round?: number | null | undefined;
  second: GraphSourceInput;
};
export type GraphSourceInput = {
  loserOf?: never;
  seed: number;
  winnerOf?: never;
} | {
  loserOf?: never;
  seed?: never;
  winnerOf: string;
} | {
  loserOf: string;
  seed?: never;
  winnerOf?: never;
};
export type StageInput = {
  format: StageFormatInput;
  name?: string | null | undefined;
  sources?: ReadonlyArray<StageSourceInput>;
  veto?: VetoInput | null | undefined;
};
export type StageFormatInput = {
  custom?: never;
  doubleElimination?: never;
  freeForAll?: never;
  gslGroup?: never;
  ladder?: never;
  roundRobin?: never;
  singleElimination: SingleEliminationInput;
  swiss?: never;
} | {
  custom?: never;
  doubleElimination: DoubleEliminationInput;
  freeForAll?: never;
  gslGroup?: never;
  ladder?: never;
  roundRobin?: never;
  singleElimination?: never;
  swiss?: never;
} | {
  custom?: never;
  doubleElimination?: never;
  freeForAll?: never;
  gslGroup: GSLGroupInput;
  ladder?: never;
  roundRobin?: never;
  singleElimination?: never;
  swiss?: never;
} | {
  custom: CustomBracketInput;
  doubleElimination?: never;
  freeForAll?: never;
  gslGroup?: never;
  ladder?: never;
  roundRobin?: never;
  singleElimination?: never;
  swiss?: never;
} | {
  custom?: never;
  doubleElimination?: never;
  freeForAll?: never;
  gslGroup?: never;
  ladder?: never;
  roundRobin: RoundRobinInput;
  singleElimination?: never;
  swiss?: never;
} | {
  custom?: never;
  doubleElimination?: never;
  freeForAll?: never;
  gslGroup?: never;
  ladder?: never;
  roundRobin?: never;
  singleElimination?: never;
  swiss: SwissInput;
} | {
  custom?: never;
  doubleElimination?: never;
  freeForAll?: never;
  gslGroup?: never;
  ladder: LadderInput;
  roundRobin?: never;
  singleElimination?: never;
  swiss?: never;
} | {
  custom?: never;
  doubleElimination?: never;
  freeForAll: FreeForAllInput;
  gslGroup?: never;
  ladder?: never;
  roundRobin?: never;
  singleElimination?: never;
  swiss?: never;
};
export type SingleEliminationInput = {
  bestOf?: number | null | undefined;
  finalBestOf?: number | null | undefined;
  hasThirdPlaceMatch?: boolean;
  roundFormats?: ReadonlyArray<RoundFormatInput>;
  scoring?: MatchScoring;
};
export type RoundFormatInput = {
  bestOf: number;
  lastRounds?: number | null | undefined;
  side: BracketSide;
};
export type DoubleEliminationInput = {
  bestOf?: number | null | undefined;
  dropOrder?: DropOrder;
  finalAdvantage?: number;
  finalBestOf?: number | null | undefined;
  grandFinal?: GrandFinal;
  lowerStarterCount?: number;
  roundFormats?: ReadonlyArray<RoundFormatInput>;
  scoring?: MatchScoring;
};
export type GSLGroupInput = {
  bestOf?: number | null | undefined;
  roundFormats?: ReadonlyArray<RoundFormatInput>;
  scoring?: MatchScoring;
};
export type CustomBracketInput = {
  bestOf?: number | null | undefined;
  matches: ReadonlyArray<GraphMatchInput>;
  scoring?: MatchScoring;
};
export type RoundRobinInput = {
  bestOf?: number | null | undefined;
  cycles?: number;
  groupCount?: number;
  hasDraws?: boolean;
  hasSides?: boolean;
  ranking?: RankingInput | null | undefined;
  roundFormats?: ReadonlyArray<RoundFormatInput>;
  scoring?: MatchScoring;
};
export type RankingInput = {
  drawHalfPoints?: number;
  lossHalfPoints?: number;
  ruleYear?: number;
  tiebreaks?: string;
  winHalfPoints?: number;
};
export type SwissInput = {
  bestOf?: number | null | undefined;
  halfByes?: number;
  hasDraws?: boolean;
  hasLateEntry?: boolean;
  hasSides?: boolean;
  lossesToLeave?: number | null | undefined;
  method?: SwissMethod;
  ranking?: RankingInput | null | undefined;
  roundFormats?: ReadonlyArray<RoundFormatInput>;
  rounds?: number | null | undefined;
  scoring?: MatchScoring;
  winsToAdvance?: number | null | undefined;
};
export type LadderInput = {
  answerDays?: number;
  bestOf?: number | null | undefined;
  drop?: number;
  endsAt?: string | null | undefined;
  hasLateEntry?: boolean;
  idleDays?: number | null | undefined;
  reach?: number;
  rematchDays?: number;
  scoring?: MatchScoring;
};
export type FreeForAllInput = {
  advancing: number;
  cut?: HeatCut;
  gamesPerHeat?: number;
  heatSize: number;
  perScore?: number;
  points: ReadonlyArray<number>;
};
export type StageSourceInput = {
  fromRank: number;
  groups?: ReadonlyArray<number>;
  isOverall?: boolean;
  stage: number;
  toRank: number;
};
export type VetoInput = {
  beginner?: VetoBeginner;
  counterPicks?: CounterPicksInput | null | undefined;
  hasSides?: boolean;
  pool: ReadonlyArray<VetoOptionInput>;
  sequences?: ReadonlyArray<VetoSequenceInput>;
  stepSeconds?: number | null | undefined;
  template?: VetoTemplate | null | undefined;
};
export type VetoOptionInput = {
  name?: string | null | undefined;
  slug: string;
};
export type VetoSequenceInput = {
  bestOf: number;
  steps: ReadonlyArray<VetoStepInput>;
};
export type VetoStepInput = {
  kind: VetoStepKind;
  turn?: VetoTurn | null | undefined;
};
export type CounterPicksInput = {
  addedPool?: ReadonlyArray<VetoOptionInput>;
  bans?: number;
  picker?: CounterPicker;
  repeats?: VetoRepeats;
};
export type eventsCreateMutation$variables = {
  input: CreateTournamentInput;
};
export type eventsCreateMutation$data = {
  readonly createTournament: {
    readonly __typename: string;
    readonly code?: string;
    readonly message?: string;
    readonly tournament?: {
      readonly id: string;
      readonly slug: string;
      readonly status: TournamentStatus;
    };
  };
};
export type eventsCreateMutation = {
  response: eventsCreateMutation$data;
  variables: eventsCreateMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "input"
  }
],
v1 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "input",
        "variableName": "input"
      }
    ],
    "concreteType": null,
    "kind": "LinkedField",
    "name": "createTournament",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "__typename",
        "storageKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "Tournament",
            "kind": "LinkedField",
            "name": "tournament",
            "plural": false,
            "selections": [
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "id",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "slug",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "status",
                "storageKey": null
              }
            ],
            "storageKey": null
          }
        ],
        "type": "CreateTournamentPayload",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "code",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "message",
            "storageKey": null
          }
        ],
        "type": "UserError",
        "abstractKey": "__isUserError"
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "eventsCreateMutation",
    "selections": (v1/*:: as any*/),
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "eventsCreateMutation",
    "selections": (v1/*:: as any*/)
  },
  "params": {
    "id": "457fa4de77e9fa1d21c6c044b03f6cea42e42287778a1e5c84662ad7e616bb55",
    "metadata": {},
    "name": "eventsCreateMutation",
    "operationKind": "mutation",
    "text": null
  }
};
})();

(node as any).hash = "ee77de6f9b48ee4449225c2d6de9ae81";

export default node;
