from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.valuerep import DA, DT, TM

from iodkit.elements import format_date, format_datetime, format_time
from iodkit.errors import InvalidTypeError, InvalidValueError

zones = st.integers(-12 * 60, 14 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))


@settings(deadline=None, max_examples=60)
@given(st.datetimes(timezones=st.one_of(st.none(), zones)))
def test_datetimes_are_read_back(moment: dt.datetime) -> None:
    assert DT(format_datetime(moment, "K")) == moment


@settings(deadline=None, max_examples=40)
@given(st.dates(), st.times())
def test_dates_and_times_are_read_back(date: dt.date, time: dt.time) -> None:
    assert DA(format_date(date, "K")) == date
    assert TM(format_time(time, "K")) == time


@pytest.mark.parametrize(
    "text", ["2020", "202001", "20200102", "2020010203", "20200102030405.5+0100"]
)
def test_precision_of_a_value_that_was_read_is_kept(text: str) -> None:
    assert format_datetime(DT(text), "K") == text
    assert format_datetime(text, "K") == text


def test_precision_of_times() -> None:
    assert format_time(TM("12"), "K") == "12"
    assert format_time(TM("123456.5"), "K") == "123456.5"
    assert format_date(DA("20200229"), "K") == "20200229"


@pytest.mark.parametrize("text", ["2020-01-02", "20200230", "20201301", "2020010", ""])
def test_wrong_dates(text: str) -> None:
    with pytest.raises(InvalidValueError):
        format_date(text, "K")


@pytest.mark.parametrize("text", ["24", "1260", "12:00", "120000.1234567", "1"])
def test_wrong_times(text: str) -> None:
    with pytest.raises(InvalidValueError):
        format_time(text, "K")


@pytest.mark.parametrize(
    "text",
    [
        "20201301",
        "20200230",
        "2020010225",
        "20200102+2500",
        "20200102T03",
        "20200102-0000",
        "20200102+0160",
    ],
)
def test_wrong_datetimes(text: str) -> None:
    with pytest.raises(InvalidValueError):
        format_datetime(text, "K")


def test_wrong_types() -> None:
    for function in (format_date, format_time, format_datetime):
        with pytest.raises(InvalidTypeError):
            function(20200102, "K")  # type: ignore[operator]


def test_offsets_that_cannot_be_written() -> None:
    for seconds in (3601, -13 * 3600, 15 * 3600):
        zone = dt.timezone(dt.timedelta(seconds=seconds))
        with pytest.raises(InvalidValueError, match="offset"):
            format_datetime(dt.datetime(2020, 1, 2, tzinfo=zone), "K")
