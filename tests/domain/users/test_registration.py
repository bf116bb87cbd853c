"""Registration as a state machine: whatever order people press old and new buttons in, it only ever moves on."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.language import Language
from domain.users.errors import NotYetThere, PhoneRequired
from domain.users.model import DAILY_MINUTES, Goal, RegistrationStep, SubjectId, User, UserId
from domain.users.service import UserService
from tests.domain.users.fakes import FakeDatabase

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
ALI = UserId(11)
ORDER = list(RegistrationStep)


class Registration(RuleBasedStateMachine):
    @initialize(phone_required=st.booleans(), link=st.none() | st.just("c_algebra"))
    def arrive(self, phone_required: bool, link: str | None) -> None:
        self.loop = asyncio.new_event_loop()
        self.database = FakeDatabase()
        self.service = UserService(
            begin=self.database.begin, read=self.database.read, now=lambda: NOON, phone_required=phone_required
        )
        self.link = link
        self.asked = RegistrationStep.LANGUAGE
        self.expected = self.run(self.service.arrive(ALI, "Ali", None, "uz", link))

    def run(self, use_case: "Coroutine[None, None, User]") -> User:
        return self.loop.run_until_complete(use_case)

    def answered(self, step: RegistrationStep) -> None:
        if self.asked is step:
            self.asked = ORDER[ORDER.index(step) + 1]

    @rule(language=st.sampled_from(Language))
    def choose_language(self, language: Language) -> None:
        self.answered(RegistrationStep.LANGUAGE)
        assert self.run(self.service.choose_language(ALI, language)).language is language

    @rule(name=st.sampled_from(["Ali", "Ali Karimov"]))
    def introduce(self, name: str) -> None:
        self.answered(RegistrationStep.NAME)
        assert self.run(self.service.introduce(ALI, name)).full_name == name

    @rule()
    def share_phone(self) -> None:
        self.answered(RegistrationStep.PHONE)
        assert self.run(self.service.share_phone(ALI, ALI, "998901234567")).phone == "+998901234567"

    @rule(subject=st.integers(1, 5).map(SubjectId), is_chosen=st.booleans())
    def choose_subject(self, subject: SubjectId, is_chosen: bool) -> None:
        self.loop.run_until_complete(self.service.choose_subject(ALI, subject, is_chosen=is_chosen))
        assert (subject in self.database.kept.subjects[ALI]) is is_chosen

    @rule(goal=st.sampled_from(Goal))
    def choose_goal(self, goal: Goal) -> None:
        self.answered(RegistrationStep.GOAL)
        assert self.run(self.service.choose_goal(ALI, goal)).goal is goal

    @rule(minutes=st.sampled_from(DAILY_MINUTES))
    def choose_minutes(self, minutes: int) -> None:
        self.answered(RegistrationStep.MINUTES)
        assert self.run(self.service.choose_daily_minutes(ALI, minutes)).daily_minutes == minutes

    @rule(step=st.sampled_from(RegistrationStep))
    def skip(self, step: RegistrationStep) -> None:
        try:
            self.run(self.service.skip(ALI, step))
        except NotYetThere:
            assert step in (RegistrationStep.LANGUAGE, RegistrationStep.NAME)
        except PhoneRequired:
            assert step is RegistrationStep.PHONE
            assert self.service.phone_required
        else:
            if step is not RegistrationStep.DONE:
                self.answered(step)

    @rule()
    def start_learning(self) -> None:
        is_early = ORDER.index(self.asked) <= ORDER.index(RegistrationStep.PHONE)
        try:
            self.run(self.service.start_learning(ALI))
        except NotYetThere:
            assert is_early
        else:
            assert not is_early
            self.asked = RegistrationStep.DONE

    @rule(link=st.none() | st.just("l_12"))
    def start_again(self, link: str | None) -> None:
        if self.asked is not RegistrationStep.DONE:
            self.link = link or self.link
        self.run(self.service.arrive(ALI, "Another Name", None, "ru", link))

    @invariant()
    def the_open_question_and_the_link_are_what_they_should_be(self) -> None:
        user = self.database.kept.users[ALI]
        assert user.step is self.asked
        assert user.pending_link == self.link

    @invariant()
    def nobody_is_registered_without_the_required_answers(self) -> None:
        user = self.database.kept.users[ALI]
        if user.is_registered and self.service.phone_required:
            assert user.phone is not None

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.loop.close()


Registration.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestRegistration = Registration.TestCase
