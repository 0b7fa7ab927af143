"""How tournaments and their stages are played."""

from __future__ import annotations

from domain import tournaments as domain
from schema.fields import enum_type

Structure = domain.Structure
enum_type(
    Structure,
    {
        "SINGLE_ELIMINATION": "Out after one loss.",
        "DOUBLE_ELIMINATION": "Out after two losses.",
        "GSL_GROUP": "Four entrants, out after two losses, and no final: the first two come through.",
        "CUSTOM": "As its organizers linked the matches.",
        "SWISS": "Everybody plays on, against somebody with as many points.",
        "ROUND_ROBIN": "Everybody against everybody, in one group or several.",
        "LADDER": "Who is below challenges somebody not far above, and with a win takes the place.",
        "FREE_FOR_ALL": "In heats of many, from which the best go on.",
    },
)
GrandFinal = domain.GrandFinal
enum_type(
    GrandFinal,
    {
        "NONE": "None: the upper winner is champion, the lower winner second.",
        "SINGLE": "One match between the upper and the lower winner.",
        "RESET": "A second match when the lower winner wins the first, because both then have one loss.",
        "ADVANTAGE": "One match, which the upper winner begins some games ahead.",
    },
)
DropOrder = domain.DropOrder
enum_type(
    DropOrder,
    {
        "OPTIMAL": "Where those who have met can meet again last; see `eliminationFacts`.",
        "CHALLONGE": "As in brackets of Challonge.",
        "NATURAL": "From top to bottom, which lets people meet again soon.",
    },
)
SwissMethod = domain.swiss.Method
enum_type(
    SwissMethod,
    {
        "FOLD": "Of 2k players the first and the last, and so on inwards.",
        "SLIDE": "Of 2k players the first and the one after k, and so on.",
        "ADJACENT": "The first and the second, the third and the fourth.",
    },
    name="SwissMethod",
)
HeatCut = domain.Cut
enum_type(
    HeatCut,
    {
        "HEAT": "The best of each heat.",
        "OVERALL": "As many, but the best of all heats of the round together.",
    },
    name="HeatCut",
)
