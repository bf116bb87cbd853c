"""What people tell about themselves, and to whom."""

from sqlalchemy import CheckConstraint, ForeignKey, Identity, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.rows.base import Row


class UserProfileRow(Row):
    __tablename__ = "user_profiles"
    __table_args__ = (
        CheckConstraint("code ~ '^[A-Za-z0-9_-]{16}$'", name="code"),
        CheckConstraint("char_length(bio) between 1 and 300", name="bio_length"),
        CheckConstraint("char_length(location) between 1 and 60", name="location_length"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(unique=True)
    """96 random bits; a new one closes the links with the old one."""
    is_public: Mapped[bool | None]
    """None: never decided, so the role does."""
    bio: Mapped[str | None]
    location: Mapped[str | None]
    shows_username: Mapped[bool] = mapped_column(server_default=text("false"))


class UserLinkRow(Row):
    __tablename__ = "user_links"
    __table_args__ = (
        CheckConstraint("kind in ('instagram', 'youtube', 'github', 'linkedin', 'website')", name="kind"),
        CheckConstraint("url ~ '^https://' and char_length(url) <= 200", name="url"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]


class UserSkillRow(Row):
    """A person has twenty places for skills, each taken once: so there are never more."""

    __tablename__ = "user_skills"
    __table_args__ = (
        UniqueConstraint("user_id", "place"),
        UniqueConstraint("user_id", "folded"),
        CheckConstraint("place between 1 and 20", name="place"),
        CheckConstraint("char_length(name) between 1 and 40", name="name_length"),
        CheckConstraint("level between 1 and 5", name="level"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    place: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str]
    folded: Mapped[str]
    level: Mapped[int] = mapped_column(SmallInteger)
