"""What bin/run says when it is ready; tests/proof/test_launch.py starts and kills the whole tree."""

import pytest

from app.accounts.passwords import DEMO_PASSWORD
from app.demo import PEOPLE
from app.local.launch import DEMO_PASSWORD as PRINTED_PASSWORD
from app.local.launch import DEMO_PEOPLE, greeting
from app.local.launch_settings import Options


def test_the_people_it_prints_are_the_demos():
    assert list(DEMO_PEOPLE) == [person.email for person in PEOPLE]
    assert PRINTED_PASSWORD == DEMO_PASSWORD


@pytest.mark.parametrize("demo", [True, False])
def test_the_greeting_says_how_to_get_in(tmp_path, demo):
    words = greeting(Options(data=tmp_path, demo=demo))
    assert ("owner@millrace.example" in words) is demo
    assert ("user create-admin" in words) is not demo
    assert max(len(line) for line in words.splitlines() if "/" not in line) < 80
