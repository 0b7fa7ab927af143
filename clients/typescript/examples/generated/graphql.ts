/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/**
 * Where a match is drawn. GROUP: in a table, where everybody plays on.
 *
 * The last match of a single elimination is the last round of UPPER; FINAL is the grand final and its reset.
 */
export type BracketSide =
  /** The grand final and its reset. */
  | 'FINAL'
  /** In a table, where everybody plays on. */
  | 'GROUP'
  /** The lower bracket, for those who lost once. */
  | 'LOWER'
  /** The match for third place. */
  | 'THIRD_PLACE'
  /** The upper bracket, or all of a single elimination. */
  | 'UPPER';

/**
 * Who picks what is played in a later game, where each is picked by itself.
 *
 * LOSER and WINNER are those of the game before. ALTERNATE: B in the second game, A in the third, and so on.
 */
export type CounterPicker =
  /** B in the second game, A in the third, and so on. */
  | 'ALTERNATE'
  /** The side that lost the game before. */
  | 'LOSER'
  /** The side that won the game before. */
  | 'WINNER';

/** How each game after the first is picked, once it is known who won the one before. */
export type CounterPicksInput = {
  /** What there is to choose from in these games beside the pool, at most 32 with it, each once. */
  addedPool?: Array<VetoOptionInput>;
  /** How many options the other side bans for the game before, 0 to 8. */
  bans?: number;
  /** Who picks. */
  picker?: CounterPicker;
  /** What may be picked again. */
  repeats?: VetoRepeats;
};

/** A new tournament. */
export type CreateTournamentInput = {
  /** How many games its matches have at most; odd. Whatever else a format has, such as another scoring, is said in `stages`. */
  bestOf?: number;
  /** How many can take part, 2 to 4096. CUSTOM takes it from its matches; a GSL_GROUP has 4. */
  capacity?: number;
  /** Null: with the start. */
  checkInClosesAt?: string | null | undefined;
  /** Null: there is no check-in. */
  checkInOpensAt?: string | null | undefined;
  /** What to say about it, at most 5000 characters. */
  description?: string;
  /** Where the losers of the upper bracket of a double elimination go in the lower one. */
  dropOrder?: DropOrder;
  /** Who enters it. GUEST: nobody does, its organizers add everybody. */
  entrantKind: ParticipantKind;
  /** How many games the upper winner is ahead in a grand final with ADVANTAGE; fewer than win it. */
  finalAdvantage?: number;
  /** How many games the final has at most. Null: as the others. */
  finalBestOf?: number | null | undefined;
  /** The slug of the game. */
  game: string;
  /** How a double elimination ends. */
  grandFinal?: GrandFinal;
  /** Whether a single elimination also plays for third place. */
  hasThirdPlaceMatch?: boolean;
  /** 1 to 100 characters. A repeat of the request with the same key happens once and answers the same. A key is kept for a week. */
  idempotencyKey?: string | null | undefined;
  /** How many of the lowest seeds start in the lower bracket of a double elimination, at most all but two. When fewer come than planned, two still start in the upper one. */
  lowerStarterCount?: number;
  /** The bracket itself, for the structure CUSTOM. */
  matches?: Array<GraphMatchInput> | null | undefined;
  /** What people call it, 1 to 100 characters. */
  name: string;
  /** Null: with the start. */
  registrationClosesAt?: string | null | undefined;
  /** Null: with publication. */
  registrationOpensAt?: string | null | undefined;
  /** Its name in addresses: 3 to 60 small letters, digits and inner hyphens. */
  slug: string;
  /** What it is played in, in order, 1 to 16; instead of `structure`, whose settings do not count then. */
  stages?: Array<StageInput> | null | undefined;
  /** When it is planned to start. */
  startsAt: string;
  /** How it is played, when it is played in one stage. Null: as `stages` say. */
  structure?: Structure | null | undefined;
};

/** A bracket whose links are given. */
export type CustomBracketInput = {
  /** How many games the matches have that do not say so, as in other formats. Null: 3, with POINTS 1. */
  bestOf?: number | null | undefined;
  /** The bracket itself. */
  matches: Array<GraphMatchInput>;
  /** What the scores of its matches count. None of them can be drawn. */
  scoring?: MatchScoring;
};

/** Out after two losses. */
export type DoubleEliminationInput = {
  /** How many games its matches have at most, 1 to 99: an odd number, with PLAY_ALL any, with POINTS 1. Null: 3, with POINTS 1. */
  bestOf?: number | null | undefined;
  /** Where the losers of the upper bracket of a double elimination go in the lower one. */
  dropOrder?: DropOrder;
  /** How many games the upper winner is ahead in a grand final with ADVANTAGE; fewer than win it. */
  finalAdvantage?: number;
  /** How many games the final has at most. Null: as the other matches, or as `roundFormats` say. */
  finalBestOf?: number | null | undefined;
  /** How it ends. */
  grandFinal?: GrandFinal;
  /** How many of the lowest seeds start in the lower bracket of a double elimination, at most all but two. When fewer come than planned, two still start in the upper one. */
  lowerStarterCount?: number;
  /** Which rounds have another number of games, at most 16. */
  roundFormats?: Array<RoundFormatInput>;
  /** What the scores of its matches count. None of them can be drawn. */
  scoring?: MatchScoring;
};

/**
 * Which survivors of the lower bracket the losers of an upper round meet.
 *
 * OPTIMAL: those that put rematches off longest. CHALLONGE: as in brackets of Challonge. NATURAL: from top to bottom.
 */
export type DropOrder =
  /** As in brackets of Challonge. */
  | 'CHALLONGE'
  /** From top to bottom, which lets people meet again soon. */
  | 'NATURAL'
  /** Where those who have met can meet again last; see `eliminationFacts`. */
  | 'OPTIMAL';

/** In heats of many, from which the best go on until one heat is left. */
export type FreeForAllInput = {
  /** How many go on for each heat: at least 1, at most half of a full one. */
  advancing: number;
  /** Who goes on from a round. */
  cut?: HeatCut;
  /** How many games each heat plays, 1 to 20; their points add up. */
  gamesPerHeat?: number;
  /** How many play in a heat at most, 2 to 256. */
  heatSize: number;
  /** What each unit of the score is worth besides, 0 to 100. */
  perScore?: number;
  /** What the places of a game are worth, the first place first, each 0 to 1,000,000. Further places bring nothing. */
  points: Array<number>;
};

/** Four entrants, out after two losses, and no final: the first two come through. */
export type GslGroupInput = {
  /** How many games its matches have at most, 1 to 99: an odd number, with PLAY_ALL any, with POINTS 1. Null: 3, with POINTS 1. */
  bestOf?: number | null | undefined;
  /** Which rounds have another number of games, at most 16. */
  roundFormats?: Array<RoundFormatInput>;
  /** What the scores of its matches count. None of them can be drawn. */
  scoring?: MatchScoring;
};

/**
 * What happens after the upper and the lower final of a double elimination.
 *
 * NONE: nothing; the upper winner is champion and the lower winner second. SINGLE: they play one match. RESET: they
 * play, and play again when the lower winner wins the first time, because both then have one loss. ADVANTAGE: they
 * play one match, which the upper winner begins some games ahead.
 */
export type GrandFinal =
  /** One match, which the upper winner begins some games ahead. */
  | 'ADVANTAGE'
  /** None: the upper winner is champion, the lower winner second. */
  | 'NONE'
  /** A second match when the lower winner wins the first, because both then have one loss. */
  | 'RESET'
  /** One match between the upper and the lower winner. */
  | 'SINGLE';

/** A match of a bracket whose links are given. */
export type GraphMatchInput = {
  /** How many games it has at most. Null: as the others. */
  bestOf?: number | null | undefined;
  /** Where slot 0 comes from. */
  first: GraphSourceInput;
  /** Its name in the bracket, unique, at most 64 characters. */
  key: string;
  /** Its round, as Challonge counts: below 0 in the lower bracket, 0 for third place. Null: by its links. */
  round?: number | null | undefined;
  /** Where slot 1 comes from. */
  second: GraphSourceInput;
};

/** Where the competitor of a slot comes from: exactly one of these. */
export type GraphSourceInput =
  {   /** The loser of the match with this key. */
  loserOf: string; seed?: never; winnerOf?: never; }
  |  { loserOf?: never;   /** The entrant with this seed. */
  seed: number; winnerOf?: never; }
  |  { loserOf?: never; seed?: never;   /** The winner of the match with this key. */
  winnerOf: string; };

/** Who goes on from a round. HEAT: the best of each heat. OVERALL: as many, but the best of all heats together. */
export type HeatCut =
  /** The best of each heat. */
  | 'HEAT'
  /** As many, but the best of all heats of the round together. */
  | 'OVERALL';

/** Who is below challenges somebody not far above, and with a win takes the place, until it ends. */
export type LadderInput = {
  /** Within how many days who is challenged has to play, 1 to 60. */
  answerDays?: number;
  /** How many games its matches have at most, 1 to 99: an odd number, with PLAY_ALL any, with POINTS 1. Null: 3, with POINTS 1. */
  bestOf?: number | null | undefined;
  /** By how many rungs they drop, 1 to 50. */
  drop?: number;
  /** When it ends by itself, after the event starts; `setLadderEnd` changes it while it runs. Null: it does not. */
  endsAt?: string | null | undefined;
  /** Whether people can enter at the bottom while it runs. */
  hasLateEntry?: boolean;
  /** Who has not played for as many days drops, 1 to 365, and again after as many. Null: nobody does. */
  idleDays?: number | null | undefined;
  /** How many rungs above the own one may be challenged, 1 to 50. */
  reach?: number;
  /** For how many days two who have met, or whose challenge was taken back, do not meet again, 0 to 365. */
  rematchDays?: number;
  /** What the scores of its matches count. None of them can be drawn. */
  scoring?: MatchScoring;
};

/**
 * What the two scores of a match count, and when it is over.
 *
 * BEST_OF: games won, until one side has more than half of them. PLAY_ALL: games won when all of them are played; a
 * drawn game counts for neither side. POINTS: what each side made in its one game, such as goals or points.
 */
export type MatchScoring =
  /** The games won, until one side has more than half of them. There is no draw. */
  | 'BEST_OF'
  /** The games won when all of them are played. A drawn game counts for neither side: a drawn game of chess is PLAY_ALL of 1 game with the scores 0 and 0. */
  | 'PLAY_ALL'
  /** What each side made in the one game that is played, such as goals or points, 0 to 1,000,000. */
  | 'POINTS';

/** Where a match is in its life. */
export type MatchStatus =
  /** It was called off. */
  | 'CANCELLED'
  /** The sides disagree; an organizer decides. */
  | 'DISPUTED'
  /** The result is final. */
  | 'FINISHED'
  /** The other side has not accepted yet. */
  | 'INVITED'
  /** It is being played. */
  | 'LIVE'
  /** It will not be played, because it is decided without it. */
  | 'NOT_NEEDED'
  /** It is not known yet who plays. */
  | 'PENDING'
  /** Both sides are known; it can be played. */
  | 'READY'
  /** One side reported a result; the other has to confirm it. */
  | 'REPORTED';

/** What can compete: a person on their own, a team, or somebody of whom only a name is known. */
export type ParticipantKind =
  /** Somebody without an account, entered by organizers. Officials act for them, and they are not rated. */
  | 'GUEST'
  /** A team, led by its captain. */
  | 'TEAM'
  /** A person on their own. */
  | 'USER';

/** What decides who stands where in a group. */
export type RankingInput = {
  /** What a draw counts as, in halves of a point. */
  drawHalfPoints?: number;
  /** What a loss brings, in halves of a point. */
  lossHalfPoints?: number;
  /** Whose rules say what an unplayed round counts as: 2022, 2024 or 2026. */
  ruleYear?: number;
  /** The tie-breaks, the first one first. */
  tiebreaks?: string;
  /** What a win brings, in halves of a point; at most 200. */
  winHalfPoints?: number;
};

/** A new account. */
export type RegisterInput = {
  /** The name to show, 1 to 60 characters. Without it the username is shown. */
  displayName?: string | null | undefined;
  /** An e-mail address nobody has registered. */
  email: string;
  /** 10 to 200 characters, and not easy to guess. */
  password: string;
  /** A name nobody has, whatever its case: 3 to 30 letters A to Z, digits, _ and -. */
  username: string;
};

/** Why a stream starts over with a snapshot. */
export type ResyncReason =
  /** The server may have missed something; a snapshot follows. */
  | 'CONNECTION_GAP'
  /** The messages after the cursor are not kept any more; a snapshot follows. */
  | 'HISTORY_GONE'
  /** The client reads too slowly and messages were dropped; a snapshot follows. */
  | 'SLOW_CLIENT';

/**
 * Another number of games for the last rounds of a side.
 *
 * Rounds count from the end, since only that is known before a stage begins; in a Swiss from the last one planned. Of
 * several that hold for a match, that for the fewest rounds counts: a final that is longer than the semi-finals has
 * one for the last round beside theirs for the last two.
 */
export type RoundFormatInput = {
  /** How many games matches have in them, as `bestOf` of the stage. */
  bestOf: number;
  /** How many of its rounds, counted from the last one, 1 to 1000. Null: all of them. */
  lastRounds?: number | null | undefined;
  /** The part of the stage: GROUP in groups and in a Swiss. */
  side: BracketSide;
};

/** Everybody against everybody. */
export type RoundRobinInput = {
  /** How many games its matches have at most, 1 to 99: an odd number, with PLAY_ALL any, with POINTS 1. Null: 3, with POINTS 1. */
  bestOf?: number | null | undefined;
  /** How often two of a group meet, 1 to 4 times. */
  cycles?: number;
  /** In how many groups, 1 to 1024. */
  groupCount?: number;
  /** Whether a level score stands as a draw, where the scoring can give one. Otherwise the sides play on. */
  hasDraws?: boolean;
  /** Whether sides matter, such as White in chess. Slot 0 of a match has the first one; a Swiss lets everybody have both in turn, and tie-breaks such as BWG count them. */
  hasSides?: boolean;
  /** What decides who stands where. Null: the usual. */
  ranking?: RankingInput | null | undefined;
  /** Which rounds have another number of games, at most 16. */
  roundFormats?: Array<RoundFormatInput>;
  /** What the scores of its matches count. */
  scoring?: MatchScoring;
};

/** Out after one loss. */
export type SingleEliminationInput = {
  /** How many games its matches have at most, 1 to 99: an odd number, with PLAY_ALL any, with POINTS 1. Null: 3, with POINTS 1. */
  bestOf?: number | null | undefined;
  /** How many games the final has at most. Null: as the other matches, or as `roundFormats` say. */
  finalBestOf?: number | null | undefined;
  /** Whether it is also played for third place. */
  hasThirdPlaceMatch?: boolean;
  /** Which rounds have another number of games, at most 16. */
  roundFormats?: Array<RoundFormatInput>;
  /** What the scores of its matches count. None of them can be drawn. */
  scoring?: MatchScoring;
};

/** How a stage is played: exactly one of these. */
export type StageFormatInput =
  {   /** As its matches are linked. */
  custom: CustomBracketInput; doubleElimination?: never; freeForAll?: never; gslGroup?: never; ladder?: never; roundRobin?: never; singleElimination?: never; swiss?: never; }
  |  { custom?: never;   /** Out after two losses. */
  doubleElimination: DoubleEliminationInput; freeForAll?: never; gslGroup?: never; ladder?: never; roundRobin?: never; singleElimination?: never; swiss?: never; }
  |  { custom?: never; doubleElimination?: never;   /** In heats of many, from which the best go on. */
  freeForAll: FreeForAllInput; gslGroup?: never; ladder?: never; roundRobin?: never; singleElimination?: never; swiss?: never; }
  |  { custom?: never; doubleElimination?: never; freeForAll?: never;   /** Four entrants, out after two losses, without a final. */
  gslGroup: GslGroupInput; ladder?: never; roundRobin?: never; singleElimination?: never; swiss?: never; }
  |  { custom?: never; doubleElimination?: never; freeForAll?: never; gslGroup?: never;   /** Who is below challenges who is above. */
  ladder: LadderInput; roundRobin?: never; singleElimination?: never; swiss?: never; }
  |  { custom?: never; doubleElimination?: never; freeForAll?: never; gslGroup?: never; ladder?: never;   /** Everybody against everybody. */
  roundRobin: RoundRobinInput; singleElimination?: never; swiss?: never; }
  |  { custom?: never; doubleElimination?: never; freeForAll?: never; gslGroup?: never; ladder?: never; roundRobin?: never;   /** Out after one loss. */
  singleElimination: SingleEliminationInput; swiss?: never; }
  |  { custom?: never; doubleElimination?: never; freeForAll?: never; gslGroup?: never; ladder?: never; roundRobin?: never; singleElimination?: never;   /** Everybody plays on, by points. */
  swiss: SwissInput; };

/** A stage as its organizers want it. */
export type StageInput = {
  /** How it is played. */
  format: StageFormatInput;
  /** What people call it, 1 to 100 characters. Null: it has no name. */
  name?: string | null | undefined;
  /** Who comes into it; none for the first stage, which takes the entrants of the tournament. */
  sources?: Array<StageSourceInput>;
  /** How the two sides of its matches choose what is played. Null: they do not. */
  veto?: VetoInput | null | undefined;
};

/** Who comes into a stage from one before it. */
export type StageSourceInput = {
  /** The best rank that goes on. */
  fromRank: number;
  /** The numbers of those of its groups that send somebody, where not all do. Empty: all. */
  groups?: Array<number>;
  /** Whether ranks count in that stage as a whole, all winners of groups first; otherwise in each of its groups, and of brackets that were given in each that no link joins to another. */
  isOverall?: boolean;
  /** The number of that stage, from 1. */
  stage: number;
  /** The worst rank that goes on. */
  toRank: number;
};

/**
 * How a stage is played.
 *
 * GSL_GROUP: four entrants in a double elimination without a final, so that two come through.
 */
export type Structure =
  /** As its organizers linked the matches. */
  | 'CUSTOM'
  /** Out after two losses. */
  | 'DOUBLE_ELIMINATION'
  /** In heats of many, from which the best go on. */
  | 'FREE_FOR_ALL'
  /** Four entrants, out after two losses, and no final: the first two come through. */
  | 'GSL_GROUP'
  /** Who is below challenges somebody not far above, and with a win takes the place. */
  | 'LADDER'
  /** Everybody against everybody, in one group or several. */
  | 'ROUND_ROBIN'
  /** Out after one loss. */
  | 'SINGLE_ELIMINATION'
  /** Everybody plays on, against somebody with as many points. */
  | 'SWISS';

/** Everybody plays on, against somebody with as many points. */
export type SwissInput = {
  /** How many games its matches have at most, 1 to 99: an odd number, with PLAY_ALL any, with POINTS 1. Null: 3, with POINTS 1. */
  bestOf?: number | null | undefined;
  /** How many rounds everybody may sit out for the points of a draw, 0 to 64; see `requestByes`. */
  halfByes?: number;
  /** Whether a level score stands as a draw, where the scoring can give one. Otherwise the sides play on. */
  hasDraws?: boolean;
  /** Whether people can enter between rounds, with the last seed, until the last round is drawn; rounds that they missed count as `halfByes`, then as nothing. It wants `rounds`, or both `winsToAdvance` and `lossesToLeave`. */
  hasLateEntry?: boolean;
  /** Whether sides matter, such as White in chess. Slot 0 of a match has the first one; a Swiss lets everybody have both in turn, and tie-breaks such as BWG count them. */
  hasSides?: boolean;
  /** Who has lost as many is out. Null: everybody plays on. */
  lossesToLeave?: number | null | undefined;
  /** Who meets whom among those with equally many points. */
  method?: SwissMethod;
  /** What decides who stands where. Null: PTS,BH/C1,BH,SB,GD by the rules of 2026. */
  ranking?: RankingInput | null | undefined;
  /** Which rounds have another number of games, at most 16. */
  roundFormats?: Array<RoundFormatInput>;
  /** How many rounds there are, 1 to 64. Null: as many as it takes. */
  rounds?: number | null | undefined;
  /** What the scores of its matches count. */
  scoring?: MatchScoring;
  /** Who has won as many is through. Null: everybody plays on. */
  winsToAdvance?: number | null | undefined;
};

/**
 * Who meets whom among 2k players with equally many points, ranked from 1.
 *
 * FOLD: 1 and 2k, 2 and 2k - 1. SLIDE: 1 and k + 1, 2 and k + 2. ADJACENT: 1 and 2, 3 and 4.
 */
export type SwissMethod =
  /** The first and the second, the third and the fourth. */
  | 'ADJACENT'
  /** Of 2k players the first and the last, and so on inwards. */
  | 'FOLD'
  /** Of 2k players the first and the one after k, and so on. */
  | 'SLIDE';

/** Where a tournament is in its life. */
export type TournamentStatus =
  /** It was called off. */
  | 'CANCELLED'
  /** Only its organizers see it. */
  | 'DRAFT'
  /** The last match is decided. */
  | 'FINISHED'
  /** Everybody sees it; registration follows its window. */
  | 'PUBLISHED'
  /** Matches are played. */
  | 'RUNNING';

/** Who is A. COIN: a lot, drawn when the veto opens and kept with it. */
export type VetoBeginner =
  /** By lot, which is drawn when both sides are known, and kept. */
  | 'COIN'
  /** The better seed. */
  | 'HIGHER_SEED'
  /** The worse seed. */
  | 'LOWER_SEED';

/** How the two sides of each match choose in turn what is played. */
export type VetoInput = {
  /** Who is A. */
  beginner?: VetoBeginner;
  /** How later games of a best of are picked one by one; template and sequences settle the first one then, and scores have to tell each game. Null: they settle all games. */
  counterPicks?: CounterPicksInput | null | undefined;
  /** Whether by the template the other side chooses where it starts after each pick, and who is next for the decider; also after each counter-pick. For games with starting sides. */
  hasSides?: boolean;
  /** What there is to choose from, 1 to 32, each once. */
  pool: Array<VetoOptionInput>;
  /** Steps of your own, by length. */
  sequences?: Array<VetoSequenceInput>;
  /** How long a step may take, 10 to 3600, then it is done by lot. Null: as long as it takes. */
  stepSeconds?: number | null | undefined;
  /** The steps of matches whose length is not in `sequences`. Null: all lengths are. */
  template?: VetoTemplate | null | undefined;
};

/** A map, mode or discipline to choose from. */
export type VetoOptionInput = {
  /** What people call it, at most 60 characters. Null: as in the catalogue of the game, which has to have it then. */
  name?: string | null | undefined;
  /** Its short name: 1 to 40 small letters, digits and inner hyphens. */
  slug: string;
};

/**
 * What may be picked again in a later game of the same match.
 *
 * ALLOWED: everything. NOT_WON: nothing that the side that picks has won a game on. NOT_PLAYED: nothing that was
 * played.
 */
export type VetoRepeats =
  /** Everything may be picked again. */
  | 'ALLOWED'
  /** Nothing that was played in the match is picked again. */
  | 'NOT_PLAYED'
  /** Nobody picks what they have won a game of the match on. */
  | 'NOT_WON';

/** The steps of matches of one length. */
export type VetoSequenceInput = {
  /** How many games these matches have at most; one of the lengths in the stage. */
  bestOf: number;
  /** What happens, in order, 1 to 64 steps. Picks and the decider are as many as the match can have games, or one with counter-picks. */
  steps: Array<VetoStepInput>;
};

/** One step. */
export type VetoStepInput = {
  /** What happens in it. */
  kind: VetoStepKind;
  /** Whose turn it is. Null for the decider, and only there. */
  turn?: VetoTurn | null | undefined;
};

/**
 * What happens in a step.
 *
 * BAN: an option is out. PICK: an option is played, after those picked before. SIDE: one chooses on which side one
 * starts in the game before it. DECIDER: the only option that is left over is played last.
 */
export type VetoStepKind =
  /** An option is out. */
  | 'BAN'
  /** The only option that is left over is played last. Nobody chooses it. */
  | 'DECIDER'
  /** An option is played, after those picked before. */
  | 'PICK'
  /** One chooses on which side one starts in the game before it. */
  | 'SIDE';

/**
 * Well-known orders of steps, for a match of any length and a pool of any size; sides take turns.
 *
 * STANDARD: two bans, then the picks, then bans until one option is left, which decides. BANS_FIRST: all bans, then
 * the picks, then what is left over. STRIKE: as BANS_FIRST, but after the first step each side has two in a row, as
 * stages are struck in fighting games.
 */
export type VetoTemplate =
  /** All bans, then the picks, then what is left over. */
  | 'BANS_FIRST'
  /** Two bans, then the picks, then bans until one option is left over, which is played last. */
  | 'STANDARD'
  /** As `BANS_FIRST`, but after the first step each side has two in a row, as stages are struck in fighting games: of five A bans one, B two, A one, and the last one is played. */
  | 'STRIKE';

/** Whose turn a step is: A begins, B is the other side. */
export type VetoTurn =
  /** The side that begins. */
  | 'A'
  /** The other side. */
  | 'B';

export type CreateMutationVariables = Exact<{
  input: CreateTournamentInput;
}>;


export type CreateMutation = { __typename: 'Mutation', createTournament:
    | { __typename: 'ConflictError', code: string, message: string }
    | { __typename: 'CreateTournamentPayload', tournament: { __typename: 'Tournament', id: string, slug: string, status: TournamentStatus } }
    | { __typename: 'ForbiddenError', code: string, message: string }
    | { __typename: 'InvalidInputError', code: string, message: string }
    | { __typename: 'LimitReachedError', code: string, message: string }
    | { __typename: 'NotFoundError', code: string, message: string }
    | { __typename: 'StaleVersionError', code: string, message: string }
    | { __typename: 'UnauthenticatedError', code: string, message: string }
    | { __typename: 'UnavailableError', code: string, message: string }
   };

export type SignUpMutationVariables = Exact<{
  input: RegisterInput;
}>;


export type SignUpMutation = { __typename: 'Mutation', register:
    | { __typename: 'ConflictError', code: string, message: string }
    | { __typename: 'ForbiddenError', code: string, message: string }
    | { __typename: 'InvalidInputError', code: string, message: string }
    | { __typename: 'LimitReachedError', code: string, message: string }
    | { __typename: 'NotFoundError', code: string, message: string }
    | { __typename: 'RegisterPayload', tokens: { __typename: 'AuthTokens', accessToken: string, refreshToken: string } }
    | { __typename: 'StaleVersionError', code: string, message: string }
    | { __typename: 'UnauthenticatedError', code: string, message: string }
    | { __typename: 'UnavailableError', code: string, message: string }
   };

export type TournamentsQueryVariables = Exact<{ [key: string]: never; }>;


export type TournamentsQuery = { __typename: 'Query', tournaments: { __typename: 'TournamentConnection', edges: Array<{ __typename: 'TournamentEdge', node: { __typename: 'Tournament', id: string, slug: string, name: string, status: TournamentStatus } }> }, viewer: { __typename: 'Viewer', user: { __typename: 'User', id: string, username: string } } | null };

export type WatchSubscriptionVariables = Exact<{
  tournamentId: string;
  after?: string | null | undefined;
}>;


export type WatchSubscription = { bracketChanges:
    | { __typename: 'BracketSnapshot', cursor: string, tournament: { __typename: 'Tournament', id: string, name: string, status: TournamentStatus } }
    | { __typename: 'HeatChanged' }
    | { __typename: 'MatchChanged', cursor: string, match: { __typename: 'Match', id: string, version: number, status: MatchStatus } }
    | { __typename: 'Resync', reason: ResyncReason }
    | { __typename: 'TournamentChanged', cursor: string, tournament: { __typename: 'Tournament', id: string, name: string, status: TournamentStatus } }
   };


export const CreateDocument = {"__meta__":{"hash":"sha256:c9fb03e564c3b089d1b9220ba521b3ea4edbed925e25a44af051b18f376513e8"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Create"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateTournamentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"createTournament"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CreateTournamentPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"tournament"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"slug"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<CreateMutation, CreateMutationVariables>;
export const SignUpDocument = {"__meta__":{"hash":"sha256:051d729c77fb48941eeee9eff6642c5829b90cb1b04fa9bf34c3f56e63028b72"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SignUp"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RegisterInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"register"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RegisterPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"tokens"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"accessToken"}},{"kind":"Field","name":{"kind":"Name","value":"refreshToken"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<SignUpMutation, SignUpMutationVariables>;
export const TournamentsDocument = {"__meta__":{"hash":"sha256:ebeffd6e184df014aeae926b62af3e1532cfa4c32bc90437422069e2442ca682"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Tournaments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"tournaments"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"slug"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"username"}}]}}]}}]}}]} as unknown as DocumentNode<TournamentsQuery, TournamentsQueryVariables>;
export const WatchDocument = {"__meta__":{"hash":"sha256:e9cea6cf119334020cb6286d8bcd59b22b842c45fded37fb575252f6ca6c775e"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Watch"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"tournamentId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"bracketChanges"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"tournamentId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"tournamentId"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"BracketSnapshot"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"tournament"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MatchChanged"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"match"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TournamentChanged"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"tournament"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Resync"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}}]}}]} as unknown as DocumentNode<WatchSubscription, WatchSubscriptionVariables>;