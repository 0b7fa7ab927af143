"""Partners, as those who manage them see them."""

from schema.fields import object_type
from schema.partners.administration import PartnerAdministrationMutation
from schema.partners.keys import ApiKeysMutation
from schema.partners.publishing import PublishingMutation
from schema.partners.types import Partner, PartnersQuery


@object_type
class PartnersMutation(PartnerAdministrationMutation, ApiKeysMutation, PublishingMutation):
    """Writes about partners."""


__all__ = [
    "Partner",
    "PartnersMutation",
    "PartnersQuery",
]
