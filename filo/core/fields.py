"""Column types that Django does not name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    Column = models.Field[Any, Any]
else:
    Column = models.Field


class TransactionIdField(Column):
    """`xid8`: the transaction that wrote the row, never reused."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class CurrentTransaction(models.Func):
    """The id of the running transaction, as a column default."""

    function = "pg_current_xact_id"
    arity = 0
    output_field = TransactionIdField()
