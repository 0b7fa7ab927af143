/**
 * @generated SignedSource<<1735db6eb43655fb3c1c51a0f66ee57a>>
 * @relayHash 322d186ce4392fa253afee108f0d4c04
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

// @relayRequestID f6af387b2d8140a5d677a2b68ee5474106640db2cd7b9f9a81267576026e6356

import { ConcreteRequest } from 'relay-runtime';
export type MatchStatus = "CANCELLED" | "DISPUTED" | "FINISHED" | "INVITED" | "LIVE" | "NOT_NEEDED" | "PENDING" | "READY" | "REPORTED" | "%future added value";
export type ResyncReason = "CONNECTION_GAP" | "HISTORY_GONE" | "SLOW_CLIENT" | "%future added value";
export type TournamentStatus = "CANCELLED" | "DRAFT" | "FINISHED" | "PUBLISHED" | "RUNNING" | "%future added value";
export type eventsBracketSubscription$variables = {
  after?: string | null | undefined;
  tournamentId: string;
};
export type eventsBracketSubscription$data = {
  readonly bracketChanges: {
    readonly __typename: "BracketSnapshot";
    readonly cursor: string;
    readonly tournament: {
      readonly name: string;
      readonly status: TournamentStatus;
    };
  } | {
    readonly __typename: "MatchChanged";
    readonly cursor: string;
    readonly match: {
      readonly status: MatchStatus;
      readonly version: number;
    };
  } | {
    readonly __typename: "Resync";
    readonly reason: ResyncReason;
  } | {
    readonly __typename: "TournamentChanged";
    readonly cursor: string;
    readonly tournament: {
      readonly name: string;
      readonly status: TournamentStatus;
    };
  } | {
    // This will never be '%other', but we need some
    // value in case none of the concrete values match.
    readonly __typename: "%other";
  };
};
export type eventsBracketSubscription = {
  response: eventsBracketSubscription$data;
  variables: eventsBracketSubscription$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "after"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "tournamentId"
},
v2 = [
  {
    "kind": "Variable",
    "name": "after",
    "variableName": "after"
  },
  {
    "kind": "Variable",
    "name": "tournamentId",
    "variableName": "tournamentId"
  }
],
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "__typename",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "cursor",
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "name",
  "storageKey": null
},
v6 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "status",
  "storageKey": null
},
v7 = [
  (v4/*:: as any*/),
  {
    "alias": null,
    "args": null,
    "concreteType": "Tournament",
    "kind": "LinkedField",
    "name": "tournament",
    "plural": false,
    "selections": [
      (v5/*:: as any*/),
      (v6/*:: as any*/)
    ],
    "storageKey": null
  }
],
v8 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "version",
  "storageKey": null
},
v9 = {
  "kind": "InlineFragment",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "reason",
      "storageKey": null
    }
  ],
  "type": "Resync",
  "abstractKey": null
},
v10 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v11 = [
  (v4/*:: as any*/),
  {
    "alias": null,
    "args": null,
    "concreteType": "Tournament",
    "kind": "LinkedField",
    "name": "tournament",
    "plural": false,
    "selections": [
      (v5/*:: as any*/),
      (v6/*:: as any*/),
      (v10/*:: as any*/)
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "eventsBracketSubscription",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "bracketChanges",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "kind": "InlineFragment",
            "selections": (v7/*:: as any*/),
            "type": "BracketSnapshot",
            "abstractKey": null
          },
          {
            "kind": "InlineFragment",
            "selections": [
              (v4/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "concreteType": "Match",
                "kind": "LinkedField",
                "name": "match",
                "plural": false,
                "selections": [
                  (v8/*:: as any*/),
                  (v6/*:: as any*/)
                ],
                "storageKey": null
              }
            ],
            "type": "MatchChanged",
            "abstractKey": null
          },
          {
            "kind": "InlineFragment",
            "selections": (v7/*:: as any*/),
            "type": "TournamentChanged",
            "abstractKey": null
          },
          (v9/*:: as any*/)
        ],
        "storageKey": null
      }
    ],
    "type": "Subscription",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v1/*:: as any*/),
      (v0/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "eventsBracketSubscription",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "bracketChanges",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "kind": "InlineFragment",
            "selections": (v11/*:: as any*/),
            "type": "BracketSnapshot",
            "abstractKey": null
          },
          {
            "kind": "InlineFragment",
            "selections": [
              (v4/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "concreteType": "Match",
                "kind": "LinkedField",
                "name": "match",
                "plural": false,
                "selections": [
                  (v8/*:: as any*/),
                  (v6/*:: as any*/),
                  (v10/*:: as any*/)
                ],
                "storageKey": null
              }
            ],
            "type": "MatchChanged",
            "abstractKey": null
          },
          {
            "kind": "InlineFragment",
            "selections": (v11/*:: as any*/),
            "type": "TournamentChanged",
            "abstractKey": null
          },
          (v9/*:: as any*/)
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "id": "f6af387b2d8140a5d677a2b68ee5474106640db2cd7b9f9a81267576026e6356",
    "metadata": {},
    "name": "eventsBracketSubscription",
    "operationKind": "subscription",
    "text": null
  }
};
})();

(node as any).hash = "77324e66e886164a74d8463093297c39";

export default node;
