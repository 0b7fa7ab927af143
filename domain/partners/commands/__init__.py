"""Writes of the partners context. Whoever changes anything of a partner holds the partner."""

from domain.partners.commands.documents import (
    PublishDocuments,
    RestoreDocument,
    RestoreRelease,
    RevokeDocument,
    WithdrawRelease,
    publish_documents,
    restore_document,
    restore_release,
    revoke_document,
    withdraw_release,
)
from domain.partners.commands.keys import (
    CreateApiKey,
    RevokeApiKey,
    RotateApiKey,
    create_api_key,
    revoke_api_key,
    rotate_api_key,
)
from domain.partners.commands.partners import (
    CreatePartner,
    SetPartnerManager,
    SetPartnerStatus,
    UpdatePartner,
    create_partner,
    set_partner_manager,
    set_partner_status,
    update_partner,
)
from domain.partners.commands.usage import SweepUsage, record_usage, sweep_usage

__all__ = [
    "CreateApiKey",
    "CreatePartner",
    "PublishDocuments",
    "RestoreDocument",
    "RestoreRelease",
    "RevokeApiKey",
    "RevokeDocument",
    "RotateApiKey",
    "SetPartnerManager",
    "SetPartnerStatus",
    "SweepUsage",
    "UpdatePartner",
    "WithdrawRelease",
    "create_api_key",
    "create_partner",
    "publish_documents",
    "record_usage",
    "restore_document",
    "restore_release",
    "revoke_api_key",
    "revoke_document",
    "rotate_api_key",
    "set_partner_manager",
    "set_partner_status",
    "sweep_usage",
    "update_partner",
    "withdraw_release",
]
