"""The licence asks that those who use a running Yishi are offered its source."""

import pytest

pytestmark = pytest.mark.django_db


def test_the_source_is_offered_where_the_operator_names_it(client, settings):
    settings.SOURCE_URL = "https://yishi.example.gov.cn/source"
    assert '<a href="https://yishi.example.gov.cn/source">源代码</a>' in client.get("/").content.decode()


def test_without_an_address_there_is_no_dead_link(client, settings):
    settings.SOURCE_URL = ""
    assert "源代码" not in client.get("/").content.decode()
