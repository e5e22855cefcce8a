"""Time in working hours: what is added is what passes, whatever the week looks like."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bizcli.domains.crm.working_hours import WorkingHours, due, later, worked

DAYS = st.dates(date(2026, 9, 20), date(2026, 11, 20))
MOMENTS = st.datetimes(datetime(2026, 9, 20), datetime(2026, 11, 20)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
WEEKS = st.sampled_from(
    (
        {"mon-fri": "09:00-18:00"},
        {"mon-fri": "09:00-12:00 13:30-18:00", "sat": "10:00-16:00"},
        {"sun": "00:00-24:00"},
        {"mon-sun": "22:15-24:00"},
    )
)
HOURS = st.builds(
    lambda hours, free, worked: WorkingHours(
        code="X", hours=hours, holidays=tuple(free), workdays=tuple(worked - free)
    ),
    WEEKS, st.sets(DAYS, max_size=5), st.sets(DAYS, max_size=5),
) | st.none()  # fmt: skip


@given(HOURS, MOMENTS, st.integers(0, 10_000))
def test_what_is_added_passes(hours: WorkingHours | None, start: datetime, minutes: int) -> None:
    end = later(start, minutes, hours)
    assert end >= start and worked(start, end, hours) == minutes


@given(HOURS, MOMENTS, st.integers(0, 20_000), st.integers(0, 20_000))
def test_time_passes_in_parts(hours: WorkingHours | None, start: datetime, first: int, second: int) -> None:
    middle, end = (start + timedelta(minutes=each) for each in (first, first + second))
    assert worked(start, middle, hours) + worked(middle, end, hours) == worked(start, end, hours)


@given(HOURS, MOMENTS, st.integers(1, 3000), st.integers(1, 3000), st.integers(1, 3000))
def test_a_pause_moves_what_is_due(
    hours: WorkingHours | None, start: datetime, run: int, pause: int, minutes: int
) -> None:
    stopped, again = (start + timedelta(minutes=each) for each in (run, run + pause))
    spent = worked(start, stopped, hours)
    found = due([(start, stopped), (again, None)], minutes, hours)
    if spent >= minutes:
        assert found == later(start, minutes, hours) <= stopped
    else:
        assert found == later(again, minutes - spent, hours) >= again
