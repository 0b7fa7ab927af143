"""What it costs to refuse: CPU per hostile body and document, in this process, against the schema of the product."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import orjson

from bench.server import System
from cli.api import spare_collection
from schema.root import build_schema
from tests.fixtures.asgi import ask, endpoint

_TIMES = 20

# What is no GraphQL request at all.
BODIES: Mapping[str, bytes] = {
    "nothing": b"",
    "null": b"null",
    "a number": b"1",
    "a string": b'"x"',
    "true": b"true",
    "no number": b"NaN",
    "an array": b"[]",
    "a batch": b'[{"query":"{__typename}"},{"query":"{__typename}"}]',
    "a batch of no objects": b"[1,null]",
    "an empty object": b"{}",
    "a query that is null": b'{"query":null}',
    "a query that is a number": b'{"query":1}',
    "a query that is an object": b'{"query":{"a":1}}',
    "variables that are an array": b'{"query":"{__typename}","variables":[]}',
    "variables that are a string": b'{"query":"{__typename}","variables":"{}"}',
    "extensions that are an array": b'{"query":"{__typename}","extensions":[]}',
    "an operation name that is a number": b'{"query":"{__typename}","operationName":1}',
    "a document id that is a number": b'{"documentId":7}',
    "a persisted query of another shape": b'{"extensions":{"persistedQuery":[1]}}',
    "a persisted hash that is a number": b'{"extensions":{"persistedQuery":{"sha256Hash":1}}}',
    "invalid UTF-8": b'{"query":"\xff\xfe"}',
    "half a surrogate pair": b'{"query":"\\ud800"}',
    "a byte order mark": b'\xef\xbb\xbf{"query":"{__typename}"}',
    "a zero byte": b'{"query":"{__typename}"}\x00',
    "half of a body": b'{"query":"{__type',
    "200,000 arrays, one in the other": b"[" * 200_000,
    "closed, too": b"[" * 100_000 + b"]" * 100_000,
    "as deep as allowed, 3,900 times": (b"[" * 32 + b"]" * 32) * 3_900,
    "200,000 objects, one in the other": b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
    "deep variables": b'{"query":"{__typename}","variables":' + b'{"a":' * 2_000 + b"1" + b"}" * 2_001,
    "quotes without end": b'"' + b'\\"' * 120_000,
    "only spaces": b" " * 250_000,
    "too large": b" " * 300_000,
}


def _fragments(levels: int) -> str:
    each = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)]
    return "{ ...F0 } " + " ".join(each) + f" fragment F{levels} on Query {{ __typename }}"


# Documents that are JSON and (most of them) GraphQL, but none that anybody should have to work for.
DOCUMENTS: Mapping[str, str] = {
    "fragments spread twice, 20 levels": _fragments(20),
    "fragments spread twice, 200 levels": _fragments(200),
    "fragments in a circle": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "a fragment that spreads itself": "{ ...A } fragment A on Query { ...A }",
    "a fragment that is not there": "{ ...nope }",
    "one field 3,000 times": "{" + " __typename" * 3_000 + "}",
    "400 conflicting arguments": "{" + " ".join(f'tournament(slug: "{n}") {{ id }}' for n in range(400)) + "}",
    "9,000 unused variables": "query(" + " ".join(f"$v{n}:Int" for n in range(9_000)) + "){__typename}",
    "2,000 equal directives": "{ __typename" + " @skip(if: false)" * 2_000 + " }",
    "1,000 aliases": "{" + " ".join(f"a{n}: __typename" for n in range(1_000)) + "}",
    "introspection in a circle": "{ __schema { types { fields { type { fields { type { fields { type { name }}}}}}}}}",
    "3,000 braces": "{a" * 3_000 + "}" * 3_000,
    "3,000 braces without end": "{" * 3_000,
    "lists in lists": "{ tournament(slug: " + "[" * 900 + "]" * 900 + ") { id } }",
    "objects in objects": "{ tournament(slug: " + "{a:" * 600 + "1" + "}" * 600 + ") { id } }",
    "30,000 comments": "#\n" * 30_000 + "{ __typename }",
    "a string without end": '{ tournament(slug: "' + "x" * 60_000,
    "a block string of escapes": '{ tournament(slug: """' + '\\"""' * 10_000 + '""") { nothing } }',
    "a number of 60,000 digits": "{ tournaments(first: " + "9" * 60_000 + ") { totalCount } }",
    "1,000 operations": " ".join(f"query Q{n} {{ __typename }}" for n in range(1_000)),
    "only a fragment": "fragment A on Query { __typename }",
    "types": "type Query { a: Int }",
    "empty": "",
    "a zero byte": "{ __typename \0 }",
    "half a surrogate pair in an escape": '{ tournament(slug: "\\uD800") { nothing } }',
    "too long": "{" + " " * 70_000 + "__typename }",
    "240 equal inline fragments": "{ games {" + "... { edges { cursor } }" * 240 + "} }",
    "160 fragments with the same field": "{ games {"
    + "".join(f"...F{n} " for n in range(160))
    + "} }"
    + "".join(f"fragment F{n} on GameConnection {{ edges {{ cursor }} }}" for n in range(160)),
    "50 fragments with the same field": "{ games {"
    + "".join(f"...F{n} " for n in range(50))
    + "} nothing }"
    + "".join(f"fragment F{n} on GameConnection {{ edges {{ cursor }} }}" for n in range(50)),
    "40 fragments that each use all that follow": "{ games { edges { ...F0 } } }"
    + "".join(
        f"fragment F{n} on GameEdge {{ cursor {' '.join(f'...F{m}' for m in range(n + 1, 40))} }}" for n in range(40)
    ),
    "52 times 29 repeated fields": "{ games {" + ("... { edges {" + "cursor " * 29 + "} }") * 52 + " nothing } }",
    # Just under a limit, so that everything is done with them that is ever done.
    "400 fields with a selection": "{ " + "viewer { email } " * 400 + "}",
    "30 conflicting arguments": '{ tournament(slug: "x") { '
    + " ".join(f"entrants(first: {n + 1}) {{ pageInfo {{ endCursor }} }}" for n in range(30))
    + " } }",
    "390 unused variables": "query (" + " ".join(f"$v{n}: Int" for n in range(390)) + ") { __typename }",
    "280 equal directives": "{ __typename " + "@skip(if: true) " * 280 + "}",
    "600 aliases": "{ " + " ".join(f"a{n}: __typename" for n in range(600)) + " }",
    "20 unknown fields": "{ " + " ".join(f"x{n}" for n in range(20)) + " }",
    "480 conditions without a type": "{ " + "... { __typename } " * 480 + "}",
}


# Values that are looked at one by one, before anybody knows that they are too many.
VARIABLES: Mapping[str, object] = {
    "16,000 scores": [1] * 16_000,
    "16,000 wrong scores": ["x"] * 16_000,
    "128,000 scores": [1] * 128_000,
}
_REPORT = (
    'mutation ($scores: [Int!]!) { reportResult(input: {matchId: "x", version: 1, scores: $scores}) { __typename } }'
)


def as_body(document: str) -> bytes:
    """The request that sends a document."""
    return orjson.dumps({"query": document})


async def measure(system: System) -> dict[str, Any]:
    """Milliseconds of CPU for each, the most that one request took, and the worst of all. Collections count."""
    app = endpoint(build_schema())
    spare_collection()  # as in the process that serves
    hostile = dict(BODIES) | {name: as_body(document) for name, document in DOCUMENTS.items()}
    hostile |= {
        name: orjson.dumps({"query": _REPORT, "variables": {"scores": scores}}) for name, scores in VARIABLES.items()
    }
    await ask(app, as_body("{ __typename }"))  # the first validation prepares rules
    results = dict.fromkeys(hostile, 0.0)
    # In turns, so that a collection is not always that of the same.
    for _ in range(_TIMES):
        for name, body in hostile.items():
            began = time.process_time()
            await ask(app, body)
            results[name] = max(results[name], round((time.process_time() - began) * 1000, 2))
    worst = max(results, key=lambda name: results[name])
    return {"cpu_ms": results, "worst": {worst: results[worst]}}
