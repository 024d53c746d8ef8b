"""What bin/run says when it is ready; tests/proof/test_launch.py starts and kills the whole tree."""

import pytest

from app.local.launch import greeting
from app.local.launch_settings import Options
from app.millrace import DEMO_PASSWORD, PEOPLE


def test_the_demo_is_greeted_with_everybody_as_the_sign_in_page_names_them(tmp_path):
    words = greeting(Options(data=tmp_path))
    assert DEMO_PASSWORD in words
    for person in PEOPLE:
        assert f"{person.email}  " in words
        assert f"  {person.what}\n" in words


@pytest.mark.parametrize("demo", [True, False])
def test_the_greeting_says_how_to_get_in(tmp_path, demo):
    words = greeting(Options(data=tmp_path, demo=demo))
    assert ("owner@millrace.example" in words) is demo
    assert ("user create-admin" in words) is not demo
    assert max(len(line) for line in words.splitlines() if "/" not in line) < 80
