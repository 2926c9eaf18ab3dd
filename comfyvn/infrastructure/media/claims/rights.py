"""Who made it, who owns it, under which licence, by what kind of source: one claim per place that says so."""

from dataclasses import dataclass, field

from comfyvn.domain.kernel import Json
from comfyvn.infrastructure.media.claims.claim import (
    GENERATED,
    MAX_WORDS,
    Claim,
    claim,
    commons,
    hashed,
    short,
    source_type,
)


@dataclass(slots=True)
class Rights:
    """What one place in a file says; each field as it stands there, "" where it says nothing."""

    licence: str = ""
    terms: str = ""
    statement: str = ""
    copyright: str = ""
    creator: str = ""
    credit: str = ""
    source_type: str = ""
    software: str = ""
    system: str = ""
    prompt: str = ""
    more: dict[str, Json] = field(default_factory=dict)

    def claim(self, form: str) -> Claim | None:
        """Return the claim; None where nothing is said that matters. Words that are no licence stay in the details."""
        kind = source_type(self.source_type)
        said = (self.licence, self.terms, self.statement, self.copyright)
        licence = short(self.licence) or next(filter(None, map(commons, said)), "")
        credit = short(self.creator) or short(self.credit)
        tool = short(self.system) or short(self.software)
        details = {
            "copyright": short(self.copyright),
            "terms": short(self.terms),
            "statement": short(self.statement),
            "credit_line": short(self.credit) if self.creator else "",
            "source_type": "" if kind else short(self.source_type),
            "software": short(self.software) if self.system else "",
            "positive": short(self.prompt, MAX_WORDS),
            **self.more,
        }
        if not (licence or credit or kind or tool or any(details.values())):
            return None
        activity = (
            "generated" if kind in GENERATED or self.system else "licensed" if any(said) or credit else "imported"
        )
        return claim(
            form,
            activity,
            details,
            tool=tool,
            licence=licence,
            credit=credit,
            kind_of_source=kind,
            prompt_hash=hashed(self.prompt.strip()),
        )
