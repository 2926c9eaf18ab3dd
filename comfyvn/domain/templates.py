"""Templates: patterns for new scenes, characters and exports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from comfyvn.domain.documents import NAME, OBJECT
from comfyvn.domain.kernel import Decider, Json, command, event
from comfyvn.domain.records import Record, Requests, decider


@dataclass(frozen=True, slots=True)
class Template:
    """A pattern to begin something from. `kind` says what: "scene", "character", "export" or a word of one's own."""

    name: str
    kind: str = "scene"
    body: Mapping[str, Json] = field(default_factory=dict)
    meta: Mapping[str, Json] = field(default_factory=dict)


@event("templates.template_drafted")
@dataclass(frozen=True, slots=True)
class TemplateDrafted:
    name: str
    kind: str = "scene"
    body: Mapping[str, Json] = field(default_factory=dict)
    meta: Mapping[str, Json] = field(default_factory=dict)


@event("templates.template_renamed")
@dataclass(frozen=True, slots=True)
class TemplateRenamed:
    name: str


@event("templates.template_classified")
@dataclass(frozen=True, slots=True)
class TemplateClassified:
    """The template is for another kind of thing."""

    kind: str


@event("templates.template_worded")
@dataclass(frozen=True, slots=True)
class TemplateWorded:
    """An entry of the body was written (or, with `present` false, struck out)."""

    key: str
    value: Json
    present: bool = True


@event("templates.template_annotated")
@dataclass(frozen=True, slots=True)
class TemplateAnnotated:
    """A meta entry was given (or, with `present` false, taken away)."""

    key: str
    value: Json
    present: bool = True


@event("templates.template_discarded")
@dataclass(frozen=True, slots=True)
class TemplateDiscarded:
    pass


@command("templates.draft-template")
@dataclass(frozen=True, slots=True)
class DraftTemplate:
    name: str
    kind: str = "scene"
    body: Mapping[str, Json] = field(default_factory=dict)
    meta: Mapping[str, Json] = field(default_factory=dict)


@command("templates.rename-template")
@dataclass(frozen=True, slots=True)
class RenameTemplate:
    name: str


@command("templates.classify-template")
@dataclass(frozen=True, slots=True)
class ClassifyTemplate:
    kind: str


@command("templates.word-template")
@dataclass(frozen=True, slots=True)
class WordTemplate:
    key: str
    value: Json = None
    present: bool = True


@command("templates.annotate-template")
@dataclass(frozen=True, slots=True)
class AnnotateTemplate:
    key: str
    value: Json = None
    present: bool = True


@command("templates.discard-template")
@dataclass(frozen=True, slots=True)
class DiscardTemplate:
    pass


@command("templates.save-template")
@dataclass(frozen=True, slots=True)
class SaveTemplate:
    """Make the template equal to a document; what is equal already, or left out, is not recorded."""

    document: Mapping[str, Json]


TEMPLATE: Final[Decider[Any, Template, Any]] = decider(
    Requests(
        kind="template",
        record=Record(
            state=Template,
            begun=TemplateDrafted,
            ended=TemplateDiscarded,
            scalars={("name",): TemplateRenamed, ("kind",): TemplateClassified},
            maps={"body": TemplateWorded, "meta": TemplateAnnotated},
        ),
        opens=DraftTemplate,
        saves=SaveTemplate,
        ends=DiscardTemplate,
        sets={
            RenameTemplate: TemplateRenamed,
            ClassifyTemplate: TemplateClassified,
            WordTemplate: TemplateWorded,
            AnnotateTemplate: TemplateAnnotated,
        },
        fields={"name": NAME, "kind": NAME, "body": OBJECT, "meta": OBJECT},
    )
)
