"""A web process carries no luggage: what only some work needs is loaded when that work comes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GIVEN = {
    "APP_ENV": "development",
    "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnop",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
}
BUCKET = {
    "S3_BUCKET": "docket",
    "S3_REGION": "eu-west-2",
    "S3_ACCESS_KEY_ID": "a",
    "S3_SECRET_ACCESS_KEY": "b",
}
CARDS = {
    "STRIPE_SECRET_KEY": "sk_test_0123456789abcdefghijklmnop",
    "STRIPE_WEBHOOK_SECRET": "whsec_0123456789abcdefghijklmnopqr",
}
HEAVY = {"boto3", "botocore", "PIL", "openpyxl", "xlsxwriter", "defusedxml", "stripe", "typst"}


@pytest.mark.parametrize("files", [{}, BUCKET | CARDS], ids=["a folder", "a bucket and cards"])
def test_a_fresh_web_process_has_none_of_the_heavy_ones_loaded(files: dict[str, str]) -> None:
    asked = (
        "import sys; from wsgi import app; app.test_client().get('/health/live'); "
        "app.test_client().get('/login'); print(*sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **GIVEN, **files},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    loaded = {name.partition(".")[0] for name in said.split()}
    assert "flask" in loaded
    assert not HEAVY & loaded
