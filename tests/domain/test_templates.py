from typing import Any

import pytest

from comfyvn.domain import templates
from comfyvn.domain.templates import TEMPLATE, DraftTemplate, SaveTemplate, TemplateDrafted
from tests.given import Given

SKETCH = Given(TEMPLATE).given(TemplateDrafted("Confession", body={"mood": "shy"}))

CHANGES: list[tuple[Any, Any]] = [
    (templates.RenameTemplate("Farewell"), templates.TemplateRenamed("Farewell")),
    (templates.ClassifyTemplate("export"), templates.TemplateClassified("export")),
    (templates.WordTemplate("mood", "bold"), templates.TemplateWorded("mood", "bold")),
    (templates.WordTemplate("mood", present=False), templates.TemplateWorded("mood", None, False)),
    (templates.AnnotateTemplate("by", "Bo"), templates.TemplateAnnotated("by", "Bo")),
]


@pytest.mark.parametrize(("command", "fact"), CHANGES, ids=str)
def test_a_command_records_one_fact_and_only_once(command: Any, fact: Any) -> None:
    SKETCH.when(command).then_settled(fact)
    Given(TEMPLATE).when(command).refused("template_unknown")


def test_every_command_is_tested() -> None:
    tested = {type(command) for command, _ in CHANGES}
    assert tested | {DraftTemplate, templates.DiscardTemplate, SaveTemplate} == set(TEMPLATE.commands)


def test_a_template_is_drafted_once_and_discarded() -> None:
    Given(TEMPLATE).when(DraftTemplate("Confession")).then(TemplateDrafted("Confession"))
    SKETCH.when(DraftTemplate("Confession")).refused("template_exists")
    SKETCH.when(templates.DiscardTemplate()).then(templates.TemplateDiscarded())
    SKETCH.when(templates.ClassifyTemplate("")).refused("template_malformed")


def test_a_document_records_what_is_new_in_it() -> None:
    SKETCH.when(SaveTemplate({"body": {"mood": "shy", "place": "pier"}})).then_settled(
        templates.TemplateWorded("place", "pier")
    )
