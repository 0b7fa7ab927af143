"""Everything a GraphQL client can see. The only place that imports strawberry."""
