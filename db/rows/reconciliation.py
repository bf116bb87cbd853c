"""Results of reconciliations."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Identity, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class ReconciliationRow(Row):
    """`slot`: the moment of the clock that asked for it, null when a person did."""

    __tablename__ = "reconciliations"
    __table_args__ = (CheckConstraint("counted >= 0 and difference_count >= 0", name="counted"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    slot: Mapped[datetime | None] = mapped_column(unique=True)
    at: Mapped[datetime]
    since: Mapped[datetime]
    until: Mapped[datetime]
    counted: Mapped[int] = mapped_column(Integer)
    tallies: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    difference_count: Mapped[int] = mapped_column(Integer)
