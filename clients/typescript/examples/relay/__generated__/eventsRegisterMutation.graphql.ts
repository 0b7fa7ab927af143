/**
 * @generated SignedSource<<6a013c109960a79a832f4bb876380c67>>
 * @relayHash 9770fcc388c4b95409f8e4bf8ac74346
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

// @relayRequestID c392af4e3daaecad6990bb16e7a3b19b581d5cd948940d02d83a0ec7ec1fc26a

import { ConcreteRequest } from 'relay-runtime';
export type RegisterInput = {
  displayName?: string | null | undefined;
  email: string;
  password: string;
  username: string;
};
export type eventsRegisterMutation$variables = {
  input: RegisterInput;
};
export type eventsRegisterMutation$data = {
  readonly register: {
    readonly __typename: string;
    readonly code?: string;
    readonly message?: string;
    readonly tokens?: {
      readonly accessToken: string;
      readonly refreshToken: string;
    };
  };
};
export type eventsRegisterMutation = {
  response: eventsRegisterMutation$data;
  variables: eventsRegisterMutation$variables;
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
    "name": "register",
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
            "concreteType": "AuthTokens",
            "kind": "LinkedField",
            "name": "tokens",
            "plural": false,
            "selections": [
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "accessToken",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "refreshToken",
                "storageKey": null
              }
            ],
            "storageKey": null
          }
        ],
        "type": "RegisterPayload",
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
    "name": "eventsRegisterMutation",
    "selections": (v1/*:: as any*/),
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "eventsRegisterMutation",
    "selections": (v1/*:: as any*/)
  },
  "params": {
    "id": "c392af4e3daaecad6990bb16e7a3b19b581d5cd948940d02d83a0ec7ec1fc26a",
    "metadata": {},
    "name": "eventsRegisterMutation",
    "operationKind": "mutation",
    "text": null
  }
};
})();

(node as any).hash = "caf59baa27122f821d832a6149f4cb72";

export default node;
