"""Licences: expressions as trees, what each licence asks for, which go together, and what is wrong in a project."""

from comfyvn.domain.licences.aliases import alias, reference
from comfyvn.domain.licences.compatibility import clash, flows
from comfyvn.domain.licences.conditions import Conditions, conditions
from comfyvn.domain.licences.judging import Finding, Severity, Work, computed, judge
from comfyvn.domain.licences.tree import AllOf, AnyOf, Expression, Term, alternatives, joined, rendered, terms

__all__ = [
    "AllOf",
    "AnyOf",
    "Conditions",
    "Expression",
    "Finding",
    "Severity",
    "Term",
    "Work",
    "alias",
    "alternatives",
    "clash",
    "computed",
    "conditions",
    "flows",
    "joined",
    "judge",
    "reference",
    "rendered",
    "terms",
]
