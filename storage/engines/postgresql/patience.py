"""A connection that does not wait for ever for a server that hangs."""

from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from typing_extensions import override

if TYPE_CHECKING:
    from psycopg.abc import PQGen

_T = TypeVar("_T")


class PatientConnection(psycopg.Connection[Any]):
    """A connection that is lost if a statement has no answer after `answer_s`.

    TCP notices a computer that is gone, not one whose disk or process stands still.
    """

    answer_s: float | None = None

    @override
    def wait(self, gen: "PQGen[_T]", interval: float = 0.1, timeout: float | None = None) -> _T:
        try:
            return super().wait(gen, interval, timeout or self.answer_s)
        except psycopg.OperationalError as error:
            if self.info.transaction_status is not TransactionStatus.ACTIVE:
                raise
            self.pgconn.finish()  # an answer that came now would be taken for that of the next
            raise psycopg.OperationalError(
                f"the server did not answer for {self.answer_s:g} s"
            ) from error
