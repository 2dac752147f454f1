import pytest

from sweep.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mongodb://user:secret@host/db", "mongodb://user:***@host/db"),
        ("mongodb+srv://user:secret@host/db?tls=true", "mongodb+srv://user:***@host/db?tls=true"),
        ("MONGODB://user:secret@host", "MONGODB://user:***@host"),
        ("mongodb://user:s%3Acr%40et%2F@host:27017", "mongodb://user:***@host:27017"),
        ("mongodb://user%40home:secret@host", "mongodb://user%40home:***@host"),
        ("mongodb://user:sec@ret@host/db", "mongodb://user:***@host/db"),
        ("mongodb://user:sec/ret@host/db", "mongodb://user:***@host/db"),
        ("mongodb://user:12/secret@host/db", "mongodb://user:***@host/db"),
        ("mongodb://user:sec:ret@host/db", "mongodb://user:***@host/db"),
        ("mongodb://user:sec ret@host/db", "mongodb://user:***@host/db"),
        ("mongodb://:secret@host", "mongodb://:***@host"),
        ("mongodb://user:@host", "mongodb://user:***@host"),
        ("mongodb://us er:sec ret@host/db", "mongodb://us er:***@host/db"),
        ("mongodb:://user:secret@host/db", "mongodb:://user:***@host/db"),
        ("mongodb:/user:secret@host/db", "mongodb:/user:***@host/db"),
        ("mongodb+srv:///user:secret@host/db", "mongodb+srv:///user:***@host/db"),
        ("mongodb:user:secret@host/db", "mongodb:user:***@host/db"),
        ("http:://user:secret@host", "http:://user:***@host"),
        ("cannot reach 'http://user:secret@proxy': no", "cannot reach 'http://user:***@proxy': no"),
        ("from mongodb://a:secret@h to sftp://b:secret@i", "from mongodb://a:***@h to sftp://b:***@i"),
        (
            "mongodb://h/?tls=true&tlsCertificateKeyFilePassword=secret&w=1",
            "mongodb://h/?tls=true&tlsCertificateKeyFilePassword=***&w=1",
        ),
        ("mongodb://h/?TLSCERTIFICATEKEYFILEPASSWORD=secret", "mongodb://h/?TLSCERTIFICATEKEYFILEPASSWORD=***"),
        ("mongodb://h/?proxyPassword=secret'", "mongodb://h/?proxyPassword=***'"),
        (
            "mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:secret&w=1",
            "mongodb://h/?authMechanismProperties=***&w=1",
        ),
    ],
)
def test_no_password_is_left(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "results.db",
        "sqlite:////data/a:b@c.db",
        "mongodb://localhost:27017/db",
        "mongodb://user@localhost:27017/db",
        "mongodb://a:1,b:2/db?replicaSet=x",
        "run --store mongodb://localhost:27017/db --title a@b",
        "see http://host:80/ or write to me@home",
    ],
)
def test_text_without_a_password_is_left_alone(text: str) -> None:
    assert redact(text) == text


def test_redacting_twice_changes_nothing_more() -> None:
    once = redact("mongodb://user:secret@host/?proxyPassword=secret")
    assert redact(once) == once
