"""What the doctor notices."""

from onethread.cli.doctor import unknown_variables


def test_a_misspelt_variable_is_noticed() -> None:
    env = {"ONETHREAD_PORT": "1", "ONETHREAD_PROT": "1", "DATABASE_URL": "x", "ONETHREAD_LOG_LEVEL": "debug"}
    assert unknown_variables(env) == ["ONETHREAD_PROT"]
