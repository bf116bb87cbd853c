"""How much each person may keep in the storage."""

from dataclasses import dataclass

from domain.users.model import Role

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    files: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one person keeps."""

    files: int = 0
    bytes: int = 0

    def fits(self, quota: Quota) -> bool:
        return self.files <= quota.files and self.bytes <= quota.bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    teacher: Quota = Quota(files=5_000, bytes=20 * 1024 * MIB)
    student: Quota = Quota(files=200, bytes=500 * MIB)

    def of(self, role: Role) -> Quota | None:
        """None: without limit."""
        match role:
            case Role.ADMIN:
                return None
            case Role.TEACHER:
                return self.teacher
            case Role.STUDENT:
                return self.student
