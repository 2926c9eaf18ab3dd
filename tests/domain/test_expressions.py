"""The language equals Python's on its subset, reads back what it writes, and never runs away."""

import builtins
import operator
import warnings
from functools import reduce
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from comfyvn.domain.expressions import (
    Assign,
    EvaluationFailed,
    ExpressionError,
    Mutate,
    NotSupported,
    SyntaxProblem,
    apply,
    compile_expression,
    names,
    parse,
    parse_assignment,
    reads,
    render,
    show,
    truth,
)
from comfyvn.domain.expressions.tree import (
    Binary,
    Call,
    Compare,
    Conditional,
    Display,
    Index,
    Literal,
    Logical,
    Method,
    Name,
    Section,
    Table,
    Unary,
)
from comfyvn.domain.expressions.values import in_order
from comfyvn.domain.kernel import Refused

VARIABLES = {
    "gold": 7,
    "rate": 0.5,
    "name": "Mira Ono",
    "met": True,
    "nothing": None,
    "items": ["rope", "key", "key"],
    "pair": (2, "b"),
    "stats": {"str": 3, "luck": -1},
    "seen": {1, 2, 9},
    "player.name": "Ren",
    "player.stats.hp": 12,
}
NAMESPACE = {name: value for name, value in VARIABLES.items() if "." not in name} | {
    "player": SimpleNamespace(name="Ren", stats=SimpleNamespace(hp=12))
}


def ordered(items):
    return in_order(items) if isinstance(items, set) else items


def left_fold(items):
    return reduce(operator.add, ordered(items), 0)


ALLOWED = "len min max abs round int float str bool sorted any all set".split()
BUILTINS = {name: getattr(builtins, name) for name in ALLOWED} | {
    "list": lambda items: list(ordered(items)),
    "tuple": lambda items: tuple(ordered(items)),
    "sum": left_fold,
}


def value_of(source, variables=VARIABLES):
    return compile_expression(parse(source))(variables)


def python_value(source):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return eval(source, {"__builtins__": BUILTINS}, NAMESPACE)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            return error


numbers = st.integers(0, 12) | st.floats(0, 9, width=16)
scalars = st.none() | st.booleans() | numbers | st.text("ab e{'", max_size=4)
leaves = scalars.map(Literal) | st.sampled_from(sorted(VARIABLES)).map(Name)


def is_positive_number(node):
    return isinstance(node, Literal) and type(node.value) in (int, float)


def branches(inner):
    few = st.lists(inner, max_size=3).map(tuple)
    some = st.lists(inner, min_size=2, max_size=3).map(tuple)
    bound = st.none() | inner
    comparator = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in"])
    identity = st.sampled_from(["is", "is not"])
    single = st.sampled_from([None, True, False]).map(Literal)
    unary = st.builds(Unary, st.sampled_from(["+", "-", "~", "not"]), inner)
    return st.one_of(
        unary.filter(lambda node: not (node.operator == "-" and is_positive_number(node.operand))),
        st.builds(Binary, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner, inner),
        st.builds(Binary, st.just("**"), inner, st.sampled_from([0, 1, 2, 3, 0.5, -1]).map(Literal)),
        some.flatmap(
            lambda operands: st.builds(Compare, st.tuples(*[comparator] * (len(operands) - 1)), st.just(operands))
        ),
        st.builds(lambda sign, one, other: Compare((sign,), (one, other)), identity, inner, single),
        st.builds(Logical, st.sampled_from(["and", "or"]), some),
        st.builds(Conditional, inner, inner, inner),
        st.builds(Index, inner, inner),
        st.builds(Section, inner, bound, bound, bound),
        st.builds(Display, st.sampled_from(["list", "tuple"]), few),
        st.builds(Display, st.just("set"), some),
        st.builds(Table, st.lists(st.tuples(inner, inner), max_size=2).map(tuple)),
        st.builds(
            lambda function, argument: Call(function, (argument,)),
            st.sampled_from("len min max abs round int bool sum sorted any all tuple".split()),
            inner,
        ),
        st.builds(lambda pick, items: Call(pick, items), st.sampled_from(["min", "max"]), some),
        st.builds(lambda items: Call("sorted", (items,), (("reverse", Literal(True)),)), inner),
        st.builds(
            lambda text, method: Method(text, method, ()),
            inner,
            st.sampled_from("lower upper title strip split".split()),
        ),
        st.builds(
            lambda text, method, argument: Method(text, method, (argument,)),
            inner,
            st.sampled_from("startswith endswith count index split get".split()),
            inner,
        ),
        st.builds(lambda text, parts: Method(text, "join", (Display("list", parts),)), inner, few),
        st.builds(lambda text, old, new: Method(text, "replace", (old, new)), inner, inner, inner),
        st.builds(
            lambda table, method: Call("list", (Method(table, method, ()),)),
            inner,
            st.sampled_from("keys values items".split()),
        ),
    )


trees = st.recursive(leaves, branches, max_leaves=12)


def chosen(*operators):
    return st.sampled_from(operators)


def literals(*values):
    return st.sampled_from(values).map(Literal)


def call(function, *arguments):
    return st.builds(lambda *given: Call(function, given), *arguments)


def method(target, name, *arguments):
    return st.builds(lambda owner, *given: Method(owner, name, given), target, *arguments)


small = literals(0, 1, 2, 3) | literals(-1)
amounts = st.deferred(
    lambda: st.one_of(
        numbers.map(Literal),
        st.sampled_from(["gold", "rate", "met", "player.stats.hp"]).map(Name),
        st.builds(Binary, chosen("+", "-", "*", "/", "//", "%"), amounts, amounts),
        st.builds(Binary, st.just("**"), amounts, literals(0, 1, 2, -1)),
        st.builds(Conditional, tests, amounts, amounts),
        st.builds(Index, st.just(Name("stats")), literals("str", "luck")),
        call("len", texts | lists),
        call("abs", amounts),
        call("round", amounts, small),
        call("int", amounts),
        call("max", amounts, amounts),
        call("sum", st.builds(Display, st.just("list"), st.lists(amounts, max_size=3).map(tuple))),
        method(texts | lists, "count", texts),
    )
)
texts = st.deferred(
    lambda: st.one_of(
        st.text("abK ,", max_size=5).map(Literal),
        st.sampled_from(["name", "player.name"]).map(Name),
        st.builds(Binary, st.just("+"), texts, texts),
        st.builds(Binary, st.just("*"), texts, small),
        st.builds(Section, texts, st.none() | small, st.none() | small, st.none() | literals(1, 2, -1)),
        st.builds(Index, lists, small),
        st.builds(Conditional, tests, texts, texts),
        st.builds(Logical, chosen("and", "or"), st.tuples(texts, texts)),
        st.one_of([method(texts, name) for name in ("lower", "upper", "title", "strip")]),
        method(texts, "replace", texts, texts),
        method(texts, "join", lists),
        call("str", amounts),
    )
)
lists = st.deferred(
    lambda: st.one_of(
        st.just(Name("items")),
        st.builds(Display, st.just("list"), st.lists(texts, max_size=3).map(tuple)),
        st.builds(Binary, st.just("+"), lists, lists),
        st.builds(Section, lists, st.none() | small, st.none() | small, st.none()),
        method(texts, "split"),
        call("sorted", lists),
        call("list", st.builds(Display, st.just("set"), st.lists(texts, min_size=1, max_size=3).map(tuple))),
    )
)
tests = st.deferred(
    lambda: st.one_of(
        literals(True, False),
        st.builds(
            Compare,
            st.tuples(chosen("<", ">=", "=="), chosen("<=", ">", "!=")),
            st.tuples(amounts, amounts, amounts),
        ),
        st.builds(lambda sign, one, other: Compare((sign,), (one, other)), chosen("in", "not in"), texts, lists),
        st.builds(lambda operand: Unary("not", operand), tests),
        st.builds(Logical, chosen("and", "or"), st.tuples(tests, amounts)),
        method(texts, "startswith", texts),
        call("any", lists),
    )
)

STRICTER = {"expression_too_costly", "number_not_finite", "number_not_real", "operator_not_supported"}


@settings(max_examples=200, deadline=None)
@given(trees | amounts | texts | lists | tests)
def test_a_value_is_the_one_python_gives(tree):
    source = render(tree)
    try:
        ours = compile_expression(tree)(VARIABLES)
    except EvaluationFailed as failure:
        assert failure.code in STRICTER or isinstance(python_value(source), Exception)
        return
    theirs = python_value(source)
    assert type(ours) is type(theirs)
    assert ours == theirs
    assert show(ours) == show(theirs)


@settings(max_examples=60, deadline=None)
@given(trees | amounts | texts)
def test_what_is_written_reads_back(tree):
    assert parse(render(tree)) == tree


@given(st.text(max_size=40) | st.text("()[]{}.,:=+-*/%! '\"ab01ifelsornt\n", max_size=40))
def test_any_source_is_read_or_refused(source):
    for read in (parse, parse_assignment):
        try:
            found = read(source)
        except ExpressionError as refusal:
            assert refusal.code
            continue
        assert found is None or read(str(found) if read is parse_assignment else render(found)) == found


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("player.name + '!'", "Ren!"),
        ("player.stats.hp // 5", 2),
        ("0 or name or missing", "Mira Ono"),
        ("0 < gold <= 7 != 8", True),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("'key' in items and gold > 3", True),
        ("nothing is None", True),
        ("[items, stats][1]['str']", 3),
        ("name[::-1][:3]", "onO"),
        ("sorted(seen, reverse=True)[0]", 9),
        ("max([], default=4)", 4),
        ("sum([[1], [2]], [])", [1, 2]),
        ("sum(range(1, 5), start=10)", 20),
        ("round(2.5) + round(0.125, 2)", 2.12),
        ("', '.join(items)", "rope, key, key"),
        ("stats.get('none', 5)", 5),
        ("list(stats.items())", [("str", 3), ("luck", -1)]),
        ("int('12') + int(3.9) + int('ff', 16)", 270),
        ("str({'b', 'a', 3, None})", "{None, 3, 'a', 'b'}"),
        ("list({'b', 'c', 'a'})", ["a", "b", "c"]),
        ("~True", -2),
        ("  gold  # coins", 7),
        ("(gold\n + 1)", 8),
    ],
)
def test_values(source, value):
    assert value_of(source) == value


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("missing + 1", "name_unknown"),
        ("player.age", "name_unknown"),
        ("gold + name", "type_mismatch"),
        ("'%s' % name", "operator_not_supported"),
        ("gold.lower()", "type_mismatch"),
        ("stats[1:2]", "type_mismatch"),
        ("{[1]}", "type_mismatch"),
        ("gold % 0", "division_by_zero"),
        ("0 ** -1", "division_by_zero"),
        ("items[3]", "index_missing"),
        ("stats['wit']", "index_missing"),
        ("items.index('map')", "index_missing"),
        ("int('many')", "value_unfit"),
        ("(-8) ** 0.5", "number_not_real"),
        ("min([])", "value_unfit"),
        ("10.0 ** 400", "number_too_large"),
        ("1e308 * 10", "number_not_finite"),
        ("float('nan')", "number_not_finite"),
        ("9 ** 9 ** 9", "expression_too_costly"),
        ("(2 ** 4000) * (2 ** 4000)", "expression_too_costly"),
        ("'ab' * 10 ** 9", "expression_too_costly"),
        ("10 ** 9 * [0]", "expression_too_costly"),
        ("range(10 ** 9)", "expression_too_costly"),
        ("('a' * 99999).replace('a', 'a' * 99999)", "expression_too_costly"),
        ("('a' * 99999).join('a' * 99999)", "expression_too_costly"),
        ("[[0] * 5000] * 5000", "expression_too_costly"),
        ("round(5, -10 ** 9)", "expression_too_costly"),
    ],
)
def test_what_has_no_value_says_why(source, code):
    with pytest.raises(EvaluationFailed) as refusal:
        value_of(source)
    assert refusal.value.code == code
    assert isinstance(refusal.value, Refused)


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("f'{gold}'", 1),
        ("[x for x in items]", 1),
        ("lambda: 1", 1),
        ("  gold + open('x')", 10),
        ("'é' + name.encode()", 7),
        ("items[0].weight", 1),
        ("gold << 2", 1),
        ("gold is 7", 1),
        ("(x := 1)", 2),
        ("sorted(items, key=len)", 1),
        ("len(*items)", 5),
        ("{**stats}", 1),
        ("b'x'", 1),
        ("1j", 1),
        ("...", 1),
        ("1e999", 1),
        ("items[1:2, 0]", 7),
        ("a" * 5_000, 1),
        ("1" + "0" * 2_000, 1),
    ],
)
def test_python_outside_the_subset_is_named_with_its_place(source, column):
    with pytest.raises(NotSupported) as refusal:
        parse(source)
    assert refusal.value.column == column


@pytest.mark.parametrize("source", ["", "1 +", "gold = 1", "a b", "x\0", "((", "\ud800"])
def test_what_is_not_an_expression_is_a_syntax_problem(source):
    with pytest.raises(SyntaxProblem):
        parse(source)


@pytest.mark.parametrize(
    "source", ["-" * 4_000 + "1", "[" * 150 + "]" * 150, "+".join(["a"] * 900), "not " * 900 + "a"]
)
def test_deep_sources_are_refused(source):
    with pytest.raises(NotSupported) as refusal:
        parse(source)
    assert refusal.value.code == "expression_too_costly"


@pytest.mark.parametrize(
    "source",
    [
        "(a or b) and not c",
        "(a + b) * -c ** 2",
        "(a ** b) ** c",
        "a ** b ** c",
        "(a if b else c) if d else e if f else g",
        "(a, (b,), ())[0][1:]",
        "(1).count(2)",
        "(-1) ** 2",
        "(a < b) < c",
        "not (a == b)",
        "{1: {2}, 'k': [x.y]}",
    ],
)
def test_the_canonical_source_keeps_only_needed_parentheses(source):
    written = render(parse(source))
    assert parse(written) == parse(source)
    assert len(written) <= len(source)


def test_names_are_the_variables_and_not_the_functions():
    assert names(parse("len(a.b) + c[d] if e.get('f') else max(g, 1)")) == {"a.b", "c", "d", "e", "g"}


def test_literals_of_different_types_differ():
    assert Literal(1) != Literal(True)
    assert Literal(1) != Literal(1.0)
    assert len({Literal(0.0), Literal(-0.0), Literal(0), Literal(False)}) == 4


def test_truth_is_python_truth():
    assert [truth(value) for value in (0, "", [], None, 0.0, {}, 1, "0", [0])] == [False] * 6 + [True] * 3


@pytest.mark.parametrize(
    "source",
    [
        "gold = gold + 1",
        "gold += 5",
        "gold **= 2",
        "rate /= 4",
        "fresh = [gold, name]",
        "items[0] = 'lamp'",
        "items[-1] += '!'",
        "stats['wit'] = 9",
        "stats['luck'] -= 2",
        "nested['a'][1]['b'] = gold",
        "items += ('map', 'pen')",
        "items += 'ab'",
        "items *= 2",
        "items.append('map')",
        "items.extend(pair)",
        "items.insert(1, None)",
        "items.remove('key')",
        "items.pop()",
        "items.pop(0)",
        "items.reverse()",
        "items.sort()",
        "items.clear()",
        "seen.add(4)",
        "seen.discard(77)",
        "seen.remove(9)",
        "seen -= {1}",
        "stats.update({'luck': 4})",
        "stats.pop('str')",
        "stats.setdefault('new', [])",
        "nested['a'][0].append(3)",
    ],
)
def test_an_assignment_does_what_python_does_and_leaves_the_old_variables(source):
    def scope():
        return {
            "gold": 7,
            "rate": 0.5,
            "name": "Mira",
            "items": ["rope", "key", "key"],
            "pair": (2, "b"),
            "stats": {"str": 3, "luck": -1},
            "seen": {1, 2, 9},
            "nested": {"a": [[1], {"b": 2}]},
        }

    before, theirs = scope(), scope()
    assignment = parse_assignment(source)
    ours = apply(assignment, before)
    exec(source, {"__builtins__": {}}, theirs)
    assert ours == theirs
    assert before == scope()
    assert parse_assignment(str(assignment)) == assignment
    persistent = apply(assignment, Map(before))
    assert isinstance(persistent, Map)
    assert dict(persistent) == theirs


def test_forms_of_assignment():
    assert parse_assignment("a.b = 1") == Assign("a.b", (), None, Literal(1))
    assert parse_assignment("a[k] //= 2") == Assign("a", (Name("k"),), "//", Literal(2))
    assert parse_assignment("a.b['x'].add(c)") == Mutate("a.b", (Literal("x"),), "add", (Name("c"),))


def test_the_smallest_item_leaves_a_set_first():
    assert apply(parse_assignment("s.pop()"), {"s": {"b", "a", "c"}}) == {"s": {"b", "c"}}


@pytest.mark.parametrize("source", ["renpy.pause(1)", "import os", "pass", "a", "del a", "a.append(1).b()", ""])
def test_other_statements_are_no_assignments(source):
    assert parse_assignment(source) is None


@pytest.mark.parametrize(
    "source", ["a = b = 1", "a, b = 1, 2", "a: int = 1", "a @= 1", "a = f()", "a[1:2] = b", "f().append(1)", "x=1;y=2"]
)
def test_assignments_outside_the_subset_are_named(source):
    with pytest.raises(NotSupported):
        parse_assignment(source)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("missing += 1", "name_unknown"),
        ("missing[0] = 1", "name_unknown"),
        ("missing.append(1)", "name_unknown"),
        ("items[5] = 1", "index_missing"),
        ("items.remove('sun')", "index_missing"),
        ("stats['none'] += 1", "index_missing"),
        ("seen.remove(77)", "index_missing"),
        ("name[0] = 'x'", "type_mismatch"),
        ("pair[0] = 1", "type_mismatch"),
        ("pair.append(1)", "type_mismatch"),
        ("seen.add([])", "type_mismatch"),
        ("items.insert(0, items, 1)", "type_mismatch"),
        ("items *= 10 ** 9", "expression_too_costly"),
    ],
)
def test_assignments_that_fail_say_why(source, code):
    with pytest.raises(EvaluationFailed) as refusal:
        apply(parse_assignment(source), VARIABLES)
    assert refusal.value.code == code


def test_values_cannot_grow_without_bound_over_many_assignments():
    doubled, variables = parse_assignment("a = [a, a]"), {"a": []}
    with pytest.raises(EvaluationFailed) as refusal:
        for _ in range(100):
            variables = apply(doubled, variables)
    assert refusal.value.code == "expression_too_costly"


def test_reads_names_the_variables_that_matter():
    assert reads(parse_assignment("a = b + c")) == {"b", "c"}
    assert reads(parse_assignment("a += b")) == {"a", "b"}
    assert reads(parse_assignment("a[k] = b")) == {"a", "k", "b"}
    assert reads(parse_assignment("a.append(b)")) == {"a", "b"}
