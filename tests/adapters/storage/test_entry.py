import json
import math
import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.storage.samples import sample, vectors

from mergefloor.core.ports import Stored
from mergefloor.core.targeted import Index
from mergefloor.core.types import Output, Usage, Vectors
from mergefloor.storage.entry import Defect, Noted, decode, encode
from mergefloor.storage.packing import pack, unpack

counts = st.integers(0, 2**40)
seconds = st.floats(0, 1e9)
anything = st.text(st.characters())
calls = {
    "usage": st.builds(Usage, input_tokens=counts, output_tokens=counts, cached_input_tokens=counts),
    "latency_s": seconds,
    "served_model": anything,
    "scripted": st.booleans(),
    "cached": st.booleans(),
}
outputs = st.builds(Output, text=anything, finish=st.sampled_from(["stop", "refusal", "empty"]), **calls)
finite = st.floats(allow_nan=False, allow_infinity=False)
rows = st.lists(st.lists(finite | st.floats(width=32, allow_nan=False, allow_infinity=False)).map(tuple)).map(
    tuple
)
embeddings = st.builds(Vectors, rows=rows, **calls)
samples = st.builds(
    Stored,
    answer=outputs | embeddings,
    at=seconds,
    subject=anything,
    components=st.dictionaries(anything, anything, max_size=3),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | anything,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(anything, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(samples)
def test_entry__any_sample__comes_back_equal(entry):
    text = encode(entry)
    assert text is not None
    assert decode(text) == entry


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(anything, json_values, max_size=3))
def test_entry__any_note__comes_back_equal(value):
    text = encode(Noted(value=value, at=3.0))
    assert text is not None
    assert decode(text) == Noted(value=value, at=3.0)


@settings(max_examples=300, deadline=None)
@given(json_values)
def test_decode__any_json__a_defect(value):
    assert isinstance(decode(json.dumps(value)), Defect)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_decode__one_field_replaced__valid_or_a_defect(data):
    """Whatever stands in a field: the types promised, or a miss."""
    record = json.loads(encode(data.draw(st.sampled_from([sample(3), vectors((1.0, 2.0))]))) or "")
    place = data.draw(st.sampled_from([record, record["answer"]]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(json_values)
    entry = decode(json.dumps(record))
    if isinstance(entry, Defect):
        return
    assert isinstance(entry, Stored)
    assert type(entry.at) is float and math.isfinite(entry.at)
    assert type(entry.subject) is str
    assert all(type(k) is type(v) is str for k, v in entry.components.items())
    assert type(entry.answer.latency_s) is float and math.isfinite(entry.answer.latency_s)
    assert type(entry.answer.usage.input_tokens) is int


WRONG = {
    "latency_s": [-1, True, "1", None, 1e400, 10**400, float("nan")],
    "finish": ["filtered", "length", "STOP", "", None, 1, ["stop"]],
    "usage": [[1, 2], [1, 2, 3, 4], [1, 2, -3], [1, 2, 3.0], [1, 2, True], {}, None, [1, 2, 10**30]],
    "text": [None, 1, ["a"]],
    "served_model": [None],
    "scripted": [0, "true", None],
    "cached": [1],
    "extra": [1],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_decode__answer_with_a_wrong_field__a_defect(name, value):
    record = json.loads(encode(sample()) or "")
    record["answer"][name] = value
    assert decode(json.dumps(record)) == Defect(kind="entry")


@pytest.mark.parametrize("name", ["kind", "at", "subject", "components", "answer"])
def test_decode__a_field_missing__a_defect(name):
    record = json.loads(encode(sample()) or "")
    del record[name]
    assert decode(json.dumps(record)) == Defect(kind="entry")


@pytest.mark.parametrize("schema", [0, 2, "1", None, [1]])
def test_decode__other_schema__told_apart(schema):
    record = json.loads(encode(sample()) or "") | {"schema": schema}
    assert decode(json.dumps(record)) == Defect(kind="schema")


@pytest.mark.parametrize("text", ["", "{", "[" * 200_000, "9" * 5_000, "NaN", '{"schema":1}', "[]", "1"])
def test_decode__not_an_entry__a_defect(text):
    assert decode(text) == Defect(kind="entry")


@pytest.mark.parametrize("finish", ["filtered", "length"])
def test_encode__cut_or_filtered__never_stored(finish):
    assert encode(sample(finish=finish)) is None


@pytest.mark.parametrize("row", [(math.nan,), (math.inf,), (1.0, -math.inf)])
def test_encode__vector_that_is_not_finite__never_stored(row):
    assert encode(vectors(row)) is None


def test_encode__time_that_is_not_finite__never_stored():
    assert encode(sample(at=math.nan)) is None


def test_pack__values_of_32_bits__four_bytes_each():
    single = struct.unpack("<2f", struct.pack("<2f", 0.1, -2.5e-3))
    assert pack((single,))[0] == 4
    assert pack(((0.1, -2.5e-3),))[0] == 8
    assert pack(((1e300,),))[0] == 8
    assert pack(()) == (4, [])


@pytest.mark.parametrize("texts", [["AAA"], ["AAAAA==="], ["é"], ["AAAA AAAA"], ["AACAfw=="], ["AADAfw=="]])
def test_unpack__damaged_or_not_finite__none(texts):
    assert unpack(4, texts) is None


def test_entry__with_a_producer__is_read_by_those_that_know_none(producer="refs/heads/main@" + "a" * 40):
    """Both ways: a reader of before sees one component more; an entry of before has no producer (R44)."""
    made = replace(sample(1), producer=producer)
    record = json.loads(encode(made))
    assert record.keys() == {"schema", "kind", "at", "subject", "components", "answer"}
    assert record["components"] == {**sample(1).components, "produced-by": producer}
    assert decode(encode(made)) == made
    assert decode(encode(sample(1))) == sample(1)
    assert decode(encode(sample(1))).producer == ""


@pytest.mark.parametrize(
    "index", [Index(), Index(built="2026-11-01"), Index(built="2026-11-01", embedding_model="e")]
)
def test_entry__of_an_answer_with_an_index__comes_back_and_a_spoilt_one_does_not(index):
    entry = sample()
    entry = replace(entry, answer=replace(entry.answer, index=index))
    text = encode(entry)
    assert text is not None and decode(text) == entry
    for spoilt in ([1, None], ["a"], "a", {"built": "a"}):
        record = json.loads(text)
        record["answer"]["index"] = spoilt
        assert decode(json.dumps(record)) == Defect(kind="entry")
