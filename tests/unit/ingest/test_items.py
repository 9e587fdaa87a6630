import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.reasons import Refusal
from services.ingest.items import cut

SPACE = st.text(alphabet=" \t\r\n", max_size=3)
# A fixed alphabet: building the whole of Unicode on a busy machine is slower than Hypothesis allows.
TEXT = st.text(alphabet='ab7 "\\/{}[],:\n\té漢😀', max_size=8)
OBJECT = st.dictionaries(TEXT, st.none() | st.booleans() | st.integers() | st.floats() | TEXT, max_size=4)


@settings(deadline=None)
@given(objects=st.lists(OBJECT, min_size=1, max_size=6), space=SPACE, ascii_only=st.booleans())
def test_every_element_of_a_list_keeps_its_bytes(objects, space, ascii_only):
    written = [json.dumps(item, ensure_ascii=ascii_only).encode() for item in objects]
    gap = space.encode()
    body = gap + b"[" + gap + (gap + b"," + gap).join(written) + gap + b"]" + gap

    items = cut(body, "json")

    assert [item.body for item in items] == written
    assert [item.place for item in items] == list(range(len(objects)))


@settings(deadline=None)
@given(objects=st.lists(OBJECT, min_size=1, max_size=6), ending=st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_every_line_keeps_its_bytes(objects, ending):
    written = [json.dumps(item).encode() for item in objects]

    items = cut(ending.encode().join(written), "lines")

    assert [item.body for item in items] == written


@settings(deadline=None)
@given(body=st.binary(max_size=60), form=st.sampled_from(["json", "lines"]))
def test_whatever_comes_is_cut_or_refused(body, form):
    assert isinstance(cut(body, form), (list, Refusal))


@settings(deadline=None)
@given(body=st.text(alphabet='[]{},:"\\ 1eNa\n', max_size=30), form=st.sampled_from(["json", "lines"]))
def test_whatever_looks_like_json_is_cut_or_refused(body, form):
    assert isinstance(cut(body.encode(), form), (list, Refusal))


def test_one_object_is_kept_with_the_space_around_it():
    assert [item.body for item in cut(b' {"a": 1}\n', "json")] == [b' {"a": 1}\n']


def test_a_field_that_stands_twice_is_seen_twice():
    (item,) = cut(b'{"a": 1, "a": 2}', "json")

    assert item.pairs == [("a", 1), ("a", 2)]


def test_a_list_within_a_line_is_no_event():
    (item,) = cut(b'[{"a": 1}]', "lines")

    assert item.refusal == Refusal("not_an_object")


@pytest.mark.parametrize("body", [b"[1, 2", b"[1,]", b"[,1]", b"[1 2]", b"[1]]", b"{} {}", b"{", b"]"])
def test_a_broken_document_is_refused_whole(body):
    assert cut(body, "json") == Refusal("not_json")
