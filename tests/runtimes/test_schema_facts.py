"""Compares lowtide's table of TFLite schema facts with the generated schema that `ai_edge_litert` ships.

A failure here mostly means that the schema has grown: add what is new to `crates/formats/src/tflite/schema/facts`.
"""

import inspect
import json
import re
import subprocess
from pathlib import Path

import pytest

schema = pytest.importorskip("ai_edge_litert.schema_py_generated")

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ["cargo", "run", "-q", "-p", "lowtide-formats", "--example", "tflite_schema_facts"]
UNIONS = ["BuiltinOptions", "BuiltinOptions2", "QuantizationDetails", "SparseIndexVector"]
TEXT = inspect.getsource(schema)


@pytest.fixture(scope="module")
def facts():
    return json.loads(subprocess.run(EXAMPLE, cwd=ROOT, check=True, capture_output=True).stdout)


def camel(name):
    return re.sub(r"_(\w)", lambda match: match.group(1).upper(), name)


def enum(name):
    """The names of an enum or union, which must be numbered from 0 without gaps, by number."""
    members = {value: key for key, value in vars(getattr(schema, name)).items() if not key.startswith("_")}
    assert sorted(members) == list(range(len(members))), name
    return [members[number] for number in range(len(members))]


def upstream_tables():
    pattern = r"^def (\w+)Start\(builder\):\s+builder\.StartObject\((\d+)\)"
    return {match[1]: int(match[2]) for match in re.finditer(pattern, TEXT, re.MULTILINE)}


def upstream_slots():
    """The fields that the generated code can write: table -> number -> (name, kind of slot, default)."""
    slots = {name: {} for name in upstream_tables()}
    pattern = r"^def (\w+?)Add\w+\(builder, (\w+)\):\n +builder\.Prepend(\w+)Slot\((\d+), .*, ([-\d.]+)\)$"
    for match in re.finditer(pattern, TEXT, re.MULTILINE):
        # Tables such as AddOptions have the word in their names.
        table = max((name for name in slots if match[0].startswith(f"def {name}Add")), key=len)
        slots[table][int(match[4])] = (match[2], match[3], float(match[5]))
    return slots


SLOTS = upstream_slots()


def upstream_offset(table, name):
    """What an offset points to, from the code that reads it: (kind, of)."""
    getter = getattr(getattr(schema, table), name[0].upper() + name[1:])
    body = inspect.getsource(getter)
    vector = len(inspect.signature(getter).parameters) == 2
    if child := re.search(r"obj = (\w+)\(\)", body):
        if child[1] == "Table":
            return "union", upstream_union(table, name)
        return ("tables" if vector else "table"), child[1]
    if "_tab.String" in body:
        assert not vector, f"{table}.{name}: a vector of strings is a kind that lowtide has not met yet"
        return "string", ""
    if vector:
        return "vector", re.search(r"number_types\.(\w+)Flags, a \+", body)[1]
    return "union", upstream_union(table, name)


def upstream_union(table, name):
    """The union of a field, from the code that unpacks it."""
    unpack = inspect.getsource(getattr(schema, f"{table}T")._UnPack)
    return re.search(rf"self\.{name} = (\w+)Creator\(", unpack)[1]


def test_tables(facts):
    counts = {name: len(fields) for name, fields in facts["tables"].items()}
    assert counts == upstream_tables()


@pytest.mark.parametrize("table", SLOTS)
def test_fields(facts, table):
    slots = SLOTS[table]
    for number, field in enumerate(facts["tables"][table]):
        what = f"{table}, field {number}"
        assert field["deprecated"] == (number not in slots), what
        if field["deprecated"]:
            continue
        name, slot, default = slots[number]
        assert camel(field["name"]) == name, what
        if slot != "UOffsetTRelative":
            assert (field["kind"], field["of"], field["default"]) == ("scalar", slot, default), what
            continue
        kind, of = upstream_offset(table, name)
        assert (field["kind"], field["of"]) == (kind, of), what


def test_unions(facts):
    assert {name: ["NONE", *members] for name, members in facts["unions"].items()} == {
        name: enum(name) for name in UNIONS
    }


def test_no_other_union():
    """Every union has a creator function beside its class."""
    assert sorted(re.findall(r"^def (\w+)Creator\(", TEXT, re.MULTILINE)) == UNIONS


def test_builtin_operators(facts):
    assert facts["builtin_operators"] == enum("BuiltinOperator")


def test_tensor_types(facts):
    assert [name for name, _ in facts["tensor_types"]] == enum("TensorType")


def test_tensor_type_sizes(facts):
    """The bits of an element follow from its name."""
    for name, bits in facts["tensor_types"]:
        digits = re.search(r"\d+", name)
        expected = int(digits[0]) if digits else {"BOOL": 8}.get(name)
        assert bits == expected, name
