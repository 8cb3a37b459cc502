"""The codes of rules and near misses: what can rule a pair out or keep it out, where it stands, and how."""

from enum import StrEnum


class Constraint(StrEnum):
    """What can rule a pair out before it is scored."""

    OWN_ORGANISATION = "own_organisation"
    CONFIDENTIAL = "confidential"
    TOO_LITTLE_TEXT = "too_little_text"
    EXCLUDED = "excluded"
    PRICE = "price"
    MATURITY = "maturity"
    MODES = "modes"
    REGIONS = "regions"
    INDUSTRIES = "industries"
    PARTNERS = "partners"
    ORGANISATIONS = "organisations"


class Verdict(StrEnum):
    """Whether a pair keeps a constraint."""

    MET = "met"
    UNKNOWN = "unknown"
    FAILED = "failed"


class Whose(StrEnum):
    """Where a rule or a field stands."""

    PARK = "park"
    DEMAND = "demand"
    ACHIEVEMENT = "achievement"


class Hindrance(StrEnum):
    """What can keep an achievement from being proposed."""

    PRICE = "price"
    MATURITY = "maturity"
    MODES = "modes"
    REGIONS = "regions"
    INDUSTRIES = "industries"
    PARTNERS = "partners"
    ORGANISATIONS = "organisations"
    VALIDITY = "validity"
    MIN_SCORE = "min_score"
    MIN_PROBABILITY = "min_probability"


class Agreement(StrEnum):
    """Whether what both sides state speaks for a pair.

    Unknown is what a side leaves unsaid, and what speaks neither for nor against.
    """

    AGREES = "agrees"
    AGAINST = "against"
    UNKNOWN = "unknown"
