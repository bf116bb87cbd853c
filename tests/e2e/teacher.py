"""How a teacher with a folder makes a course of it: each function is a chapter of the work, by tapping."""

import re

from domain.language import Language
from tests.e2e.folder import handout, slides, syllabus, video, voice
from tests.e2e.hand import Hand

TITLE = "Trigonometriya noldan"
TITLES = {Language.RU: "Тригонометрия с нуля", Language.EN: "Trigonometry from zero"}
LESSONS = ("Burchak va radian", "Sinus va kosinus", "Trigonometrik tenglamalar")
FIRST_LESSON = {Language.RU: "Угол и радиан", Language.EN: "Angle and radian"}
SECTIONS = {
    "Asoslar": {
        LESSONS[0]: ["Burchak gradus yoki radian bilan o‘lchanadi. To‘liq aylana 360° yoki 2π radian."],
        LESSONS[1]: ["Har qanday burchak uchun sinus kvadrati bilan kosinus kvadratining yig‘indisi 1 ga teng."],
    },
    "Amaliyot": {LESSONS[2]: ["Avval sin x = a ko‘rinishiga keltiring, keyin ildizlarni yozing."]},
}
CHECK = "Parabola qaysi tomonga ochiladi?\n+ Yuqoriga\n- Pastga"
QUIZ = ("180° necha radian?", ("π", "2π", "π/2"), 1, "To‘liq aylana 2π, yarmi π.")
TYPED_QUIZ = "sin 90° nechaga teng?\n+ 1\n- 0\n! Birlik aylananing eng yuqori nuqtasi."
LINK = "https://www.youtube.com/watch?v=PUB0TaZ7bhA"


async def imports_the_syllabus(hand: Hand) -> None:
    await hand.presses("✏️ Teach")
    await hand.hears("🎬 <b>Your courses</b>")
    await hand.presses("📥 Import")
    await hand.hears("📥 <b>Import a course</b>")
    await hand.picture("01-import")
    await hand.sends([syllabus(TITLE, "Burchakdan tenglamagacha: 9-sinf va abituriyentlar uchun.", SECTIONS)])
    await hand.hears("📂 One thing is missing: its subject. Choose it on the next screen.")
    await hand.presses("👀 Look at it")
    await hand.presses("📂 Choose the subject")
    await hand.taps("Matematika")
    await hand.reads(TITLE, "Matematika")
    await hand.picture("02-what-it-would-make")
    await hand.presses("✅ Make the course")
    await hand.reads(TITLE, hand.words("✏️ Draft, only you see it"))
    await hand.picture("03-course-desk")


async def fills_the_first_lesson(hand: Hand) -> None:
    """Whatever is in the folder is sent, and the lesson's screen lists it."""
    await hand.taps(LESSONS[0])
    await hand.reads(f"1. {LESSONS[0]}")
    await hand.sends([handout("radianlar.pdf", 2), handout("jadval.pdf"), slides("taqdimot.pptx")])
    await hand.reads("taqdimot.pptx")
    await hand.sends([video("burchak.mp4", "uz")], as_file=False)
    await hand.reads("burchak.mp4")
    await hand.speaks(voice())
    await hand.reads("6. 🎙")
    await hand.picture("04-lesson-desk")
    await hand.presses("🔓 Open to everybody")
    await hand.hears("Open to everybody")
    await hand.presses("⬅️ To the course")


async def fills_the_second_lesson(hand: Hand) -> None:
    """A video with a check question, a link, and a quiz: one poll, and one question that is typed."""
    await hand.taps(LESSONS[1])
    await hand.sends([video("sinus.mp4", "ru")], as_file=False)
    await hand.reads("sinus.mp4")
    await hand.types(LINK)
    await hand.reads("🔗")
    await hand.presses("🗂 Parts")
    await hand.taps("sinus.mp4")
    await hand.presses("❓ Check question")
    await hand.types(CHECK)
    await hand.reads("Parabola qaysi tomonga ochiladi?", "✅ Yuqoriga")
    await hand.picture("05-check-question")
    await hand.presses("⬅️ All parts")
    await hand.presses("⬅️ Back")
    await hand.makes_a_quiz(*QUIZ)
    await hand.reads("180°")
    await hand.presses("❓ Add a question")
    await hand.types(TYPED_QUIZ)
    await hand.reads("sin 90°")
    await hand.presses("✅ Done")
    await hand.reads("❓ 2")
    await hand.presses("⬅️ To the course")


async def fills_the_third_lesson(hand: Hand) -> None:
    await hand.taps(LESSONS[2])
    await hand.reads(f"3. {LESSONS[2]}")
    await hand.sends([handout("masalalar.pdf", 3)])
    await hand.reads("masalalar.pdf")
    await hand.presses("⬅️ To the course")


async def sets_price_level_and_certificate(hand: Hand) -> None:
    await hand.presses("💰 Price")
    await hand.presses("🎓 Pay once for the whole course")
    await hand.types("99 ming")
    await hand.reads(TITLE, re.compile(r"99\s000"))
    await hand.presses("⚙️ Settings")
    await hand.hears("\nChoose what you want to change.")
    await hand.presses("🎚 Level")
    await hand.taps(hand.words("🟢 Beginner"))
    await hand.presses("🎓 Certificate")
    await hand.presses("🎓 Give a certificate")
    await hand.hears("🎓 Certificate: {certificate}", certificate=hand.words("when all lessons are done"))
    await hand.picture("06-settings")
    await hand.presses("⬅️ To the course")


async def translates_title_and_first_lesson(hand: Hand) -> None:
    await hand.presses("⚙️ Settings")
    await hand.presses("🌐 Translations")
    for language, name in ((Language.RU, "Русский"), (Language.EN, "English")):
        await hand.taps(name)
        await hand.presses("📋 All texts")
        for original, translation in ((TITLE, TITLES[language]), (LESSONS[0], FIRST_LESSON[language])):
            await hand.taps(original)
            await hand.reads(original)
            if language is Language.RU and original == TITLE:
                await hand.picture("07-translation")
            await hand.types(translation)
            await hand.taps(re.compile(f"✅.*{re.escape(translation)}"))
            await hand.presses("⬅️ Stop")
        await hand.presses("⬅️ Back")
        await hand.presses("⬅️ Other languages")
    await hand.presses("⬅️ Back")
    await hand.presses("⬅️ To the course")


async def publishes(hand: Hand) -> None:
    await hand.presses("🚀 Publish")
    await hand.reads(TITLE, hand.words("🟢 Published"), "?start=c_")
    await hand.picture("08-published")
