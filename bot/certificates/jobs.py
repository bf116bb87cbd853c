"""The job behind a completed course."""

from bot.services import Services
from domain.courses.model import CourseId
from domain.jobs import JobPayload
from domain.users.model import UserId


class CertificateJobs:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def certify(self, payload: JobPayload) -> None:
        """`user_id`, `course_id`: issue the certificate if it is earned. Twice is once."""
        user_id, course_id = UserId(int(payload["user_id"] or 0)), CourseId(int(payload["course_id"] or 0))
        await self._services.certificates.certify(user_id, course_id)
