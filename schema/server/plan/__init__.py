"""Plans: prepared operations, compiled to Python that resolves breadth-first.

A plan is one function per selection set. It takes all objects of a level at once and answers their rows, so that a
field costs one call of its loader however many objects there are, an attribute is read where it is written down, and
nothing is looked up that the document has settled already. What went wrong stands in the rows until they are complete;
only then, and only if there is something, are paths and nulls worked out.

graphql-core executes what a plan does not cover, and is the referee of the tests: both answer the same.
"""

from schema.server.plan.compiler import Done, Plan, Plans, compiled
from schema.server.plan.run import Run
from schema.server.plan.selections import Uncovered

__all__ = ["Done", "Plan", "Plans", "Run", "Uncovered", "compiled"]
