"""What a station tells its operator."""

import logging

from dwmtj.station.work.message_log import MessageLog


def test_what_the_store_warns_of_in_a_run_is_told() -> None:
    messages, log = MessageLog(), logging.getLogger("dwmtj.storage.writing.writer")
    log.warning("before the run")

    with messages.telling_of_the_store():
        log.warning("%s was deleted or replaced", "lab.sqlite")
    log.warning("after the run")

    assert [(each.level, each.text) for each in messages.after(0)] == [
        ("error", "lab.sqlite was deleted or replaced")
    ]
