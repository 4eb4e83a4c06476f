import asyncio
import datetime as dt
import threading
import uuid

import pytest

from iodkit.context import UID, Equipment, SeededUIDs, current, defaults, generate_uid, now
from iodkit.errors import InvalidTypeError, InvalidValueError


def test_built_in_settings():
    settings = current()
    assert (settings.series_number, settings.instance_number) == (1, 1)
    assert settings.equipment == Equipment()
    assert abs((now() - dt.datetime.now().astimezone()).total_seconds()) < 60


def test_blocks_nest_and_restore():
    with defaults(equipment=Equipment(manufacturer="A", device_serial_number="1")):
        with defaults(equipment=Equipment(manufacturer="B"), series_number=7) as inner:
            assert inner.equipment == Equipment(manufacturer="B", device_serial_number="1")
            assert current().series_number == 7
        assert current().equipment.manufacturer == "A"
        assert current().series_number == 1
    assert current().equipment == Equipment()


def test_settings_are_restored_after_an_error():
    with pytest.raises(RuntimeError), defaults(series_number=3):
        raise RuntimeError
    assert current().series_number == 1


def test_threads_do_not_see_each_other():
    seen = {}
    barrier = threading.Barrier(4)

    def work(number):
        with defaults(series_number=number):
            barrier.wait(timeout=10)
            seen[number] = current().series_number

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {0: 0, 1: 1, 2: 2, 3: 3}


def test_tasks_do_not_see_each_other():
    async def work(number):
        with defaults(series_number=number):
            await asyncio.sleep(0)
            return current().series_number

    async def run():
        return await asyncio.gather(*(work(n) for n in range(5)))

    assert asyncio.run(run()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"manufacturer": "A"}, InvalidTypeError),
        ({"equipment": "A"}, InvalidTypeError),
        ({"clock": 1}, InvalidTypeError),
        ({"uid_generator": "2.25.1"}, InvalidTypeError),
        ({"series_number": -1}, InvalidValueError),
        ({"instance_number": "1"}, InvalidValueError),
    ],
)
def test_wrong_options_name_themselves(options, error):
    name = next(iter(options))
    with pytest.raises(error, match=name), defaults(**options):
        pass


def test_clock_and_generator_are_used():
    moment = dt.datetime(2024, 2, 29, 12, tzinfo=dt.UTC)
    with defaults(clock=lambda: moment, uid_generator=lambda: "2.25.7"):
        assert now() == moment
        assert generate_uid() == "2.25.7"
        assert UID() == "2.25.7"


def test_seeded_uids_depend_on_seed_and_place_only():
    first, again, other = SeededUIDs("a"), SeededUIDs("a"), SeededUIDs("b")
    values = [first() for _ in range(5)]
    assert values == [again() for _ in range(5)]
    assert not set(values) & {other() for _ in range(5)}
    assert all(UID(v).is_valid and v.startswith("2.25.") for v in values)


def test_new_uids_are_valid_and_differ():
    values = {generate_uid() for _ in range(200)}
    assert len(values) == 200
    assert all(v.is_valid and len(v) <= 64 for v in values)


def test_uid_from_uuid():
    value = uuid.UUID("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
    uid = UID.from_uuid(str(value))
    assert uid == "2.25.329800735698586629295641978511506172918"
    assert isinstance(uid, UID)
    with pytest.raises(InvalidValueError, match="uuid"):
        UID.from_uuid("no uuid")
