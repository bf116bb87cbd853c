/** The page's own labels in the three languages. What the bot says is the bot's business. */

const LABELS = {
  people: ["Odamlar", "Люди", "People"],
  language: ["Til", "Язык", "Language"],
  about: [
    "Bu sinov maydoni: Telegram’siz, shu kompyuterda. Har bir odamning o‘z suhbati bor.",
    "Это песочница: без Telegram, на этом компьютере. У каждого человека свой чат.",
    "This is a sandbox: no Telegram, all on this computer. Every person has a chat of their own.",
  ],
  student: ["o‘quvchi", "ученик", "student"],
  teacher: ["ustoz", "учитель", "teacher"],
  admin: ["administrator", "администратор", "admin"],
  bot: ["bot", "бот", "bot"],
  youAre: ["siz: {name}", "вы: {name}", "you are {name}"],
  typing: ["yozmoqda", "печатает", "typing"],
  uploadPhoto: ["rasm yubormoqda", "отправляет фото", "sending a photo"],
  uploadVideo: ["video yubormoqda", "отправляет видео", "sending a video"],
  uploadFile: ["fayl yubormoqda", "отправляет файл", "sending a file"],
  uploadVoice: ["ovoz yozmoqda", "записывает голос", "recording a voice message"],
  thinking: ["O‘ylamoqda", "Думает", "Thinking"],
  stop: ["To‘xtatish", "Остановить", "Stop"],
  menu: ["Menyu", "Меню", "Menu"],
  inlineResults: ["Topilganlar", "Найденное", "Results"],
  viaBot: ["@{name} orqali", "через @{name}", "via @{name}"],
  nothingFound: ["Hech narsa topilmadi", "Ничего не найдено", "Nothing found"],
  commands: ["Buyruqlar", "Команды", "Commands"],
  message: ["Xabar", "Сообщение", "Message"],
  messages: ["Xabarlar", "Сообщения", "Messages"],
  send: ["Yuborish", "Отправить", "Send"],
  attach: ["Biriktirish", "Прикрепить", "Attach"],
  record: ["Ovozli xabar yozish", "Записать голосовое", "Record a voice message"],
  replyKeyboard: ["Tugmalar", "Кнопки", "Buttons"],
  start: ["Boshlash", "Начать", "Start"],
  welcome: ["Bu bot nima qila oladi?", "Что умеет этот бот?", "What can this bot do?"],
  welcomeText: [
    "Kurslar, darslar, testlar va sun’iy intellekt yordamchisi bir suhbatda. Tanishish uchun «Boshlash»ni bosing.",
    "Курсы, уроки, тесты и помощник на ИИ в одном чате. Нажмите «Начать», чтобы познакомиться.",
    "Courses, lessons, quizzes and an AI tutor in one chat. Press Start to get acquainted.",
  ],
  block: ["Botni bloklash", "Заблокировать бота", "Block the bot"],
  unblock: ["Blokdan chiqarish", "Разблокировать", "Unblock"],
  clear: ["Suhbatni tozalash", "Очистить чат", "Clear the chat"],
  clearAsk: ["Bu suhbatdagi barcha xabarlar o‘chirilsinmi?", "Удалить все сообщения этого чата?", "Delete all messages of this chat?"],
  clearYes: ["Tozalash", "Очистить", "Clear"],
  cancel: ["Bekor qilish", "Отмена", "Cancel"],
  ok: ["OK", "OK", "OK"],
  close: ["Yopish", "Закрыть", "Close"],
  more: ["Yana", "Ещё", "More"],
  toEnd: ["Oxirgi xabarga", "К последнему сообщению", "To the latest message"],
  reply: ["Javob berish", "Ответить", "Reply"],
  copy: ["Nusxalash", "Копировать", "Copy"],
  copied: ["Nusxalandi", "Скопировано", "Copied"],
  copyFailed: ["Nusxalab bo‘lmadi", "Не удалось скопировать", "Could not copy"],
  forward: ["Botga uzatish", "Переслать боту", "Forward to the bot"],
  edit: ["Tahrirlash", "Изменить", "Edit"],
  editing: ["Tahrirlash", "Редактирование", "Editing"],
  edited: ["tahrirlangan", "изменено", "edited"],
  forwardedFrom: ["{name} dan uzatildi", "Переслано от {name}", "Forwarded from {name}"],
  you: ["Siz", "Вы", "You"],
  today: ["Bugun", "Сегодня", "Today"],
  yesterday: ["Kecha", "Вчера", "Yesterday"],
  photo: ["Rasm", "Фото", "Photo"],
  video: ["Video", "Видео", "Video"],
  file: ["Fayl", "Файл", "File"],
  voice: ["Ovozli xabar", "Голосовое сообщение", "Voice message"],
  audio: ["Audio", "Аудио", "Audio"],
  photoOrVideo: ["Rasm yoki video", "Фото или видео", "Photo or video"],
  quiz: ["Viktorina", "Викторина", "Quiz"],
  poll: ["So‘rovnoma", "Опрос", "Poll"],
  location: ["Joylashuv", "Геопозиция", "Location"],
  contact: ["Kontakt", "Контакт", "Contact"],
  openMap: ["Xaritada ochish", "Открыть на карте", "Open the map"],
  caption: ["Izoh qo‘shing", "Добавьте подпись", "Add a caption"],
  dropHere: ["Faylni shu yerga tashlang", "Перетащите файл сюда", "Drop the file here"],
  uploading: ["Yuklanmoqda", "Загрузка", "Uploading"],
  shareAsk: [
    "Telefon raqamingiz ({phone}) botga yuborilsinmi?",
    "Отправить боту ваш номер телефона ({phone})?",
    "Share your phone number ({phone}) with the bot?",
  ],
  shareTitle: ["Telefon raqamini ulashish", "Поделиться номером", "Share your phone number?"],
  shareYes: ["Ulashish", "Поделиться", "Share"],
  locationAsk: ["Joylashuvingiz botga yuborilsinmi?", "Отправить боту вашу геопозицию?", "Share your location with the bot?"],
  payTitle: ["To‘lov", "Оплата", "Payment"],
  pay: ["{amount} to‘lash", "Оплатить {amount}", "Pay {amount}"],
  paid: ["{amount} to‘landi", "Оплачено {amount}", "You paid {amount}"],
  paidFor: ["{amount} to‘landi: {title}", "Оплачено {amount}: {title}", "You paid {amount} for {title}"],
  refunded: ["{amount} qaytarildi", "Возвращено {amount}", "{amount} was refunded"],
  refundedFor: ["{amount} qaytarildi: {title}", "Возвращено {amount}: {title}", "{amount} was refunded: {title}"],
  pinned: ["Qadalgan xabar", "Закреплённое сообщение", "Pinned message"],
  votes: ["Ovozlar: {count}", "Голосов: {count}", "Votes: {count}"],
  noVotes: ["Hali javob yo‘q", "Пока нет ответов", "No votes yet"],
  vote: ["Ovoz berish", "Голосовать", "Vote"],
  retract: ["Ovozni qaytarib olish", "Отозвать голос", "Retract the vote"],
  sticker: ["Stiker", "Стикер", "Sticker"],
  paidAlready: ["To‘langan", "Оплачено", "Paid"],
  rightAnswer: ["To‘g‘ri", "Верно", "Correct"],
  wrongAnswer: ["Noto‘g‘ri", "Неверно", "Wrong"],
  anonymous: ["anonim", "анонимный", "anonymous"],
  finalResults: ["yakunlangan", "завершён", "final results"],
  explanation: ["Izoh", "Пояснение", "Explanation"],
  question: ["Savol", "Вопрос", "Question"],
  option: ["Variant {number}", "Вариант {number}", "Option {number}"],
  addOption: ["Variant qo‘shish", "Добавить вариант", "Add an option"],
  markCorrect: ["To‘g‘ri javobni belgilang", "Отметьте верный ответ", "Mark the correct answer"],
  needQuestion: ["Savol va kamida ikkita variant yozing.", "Напишите вопрос и хотя бы два варианта.", "Write the question and at least two options."],
  needCorrect: ["To‘g‘ri javobni belgilang.", "Отметьте верный ответ.", "Mark the correct answer."],
  newQuiz: ["Yangi viktorina", "Новая викторина", "New quiz"],
  reconnecting: ["Ulanish tiklanmoqda…", "Соединение восстанавливается…", "Reconnecting…"],
  failed: ["Amal bajarilmadi: {reason}", "Не получилось: {reason}", "That did not work: {reason}"],
  noAnswer: ["Bot javob bermadi.", "Бот не ответил.", "The bot did not answer."],
  unsupported: ["Bu xabar turini sahifa ko‘rsata olmaydi.", "Страница не умеет показывать это сообщение.", "This page cannot show this kind of message."],
  showMore: ["Yana", "Ещё", "More"],
  showLess: ["Yig‘ish", "Свернуть", "Less"],
  spoiler: ["Yashirin matn", "Скрытый текст", "Hidden text"],
  play: ["Ijro etish", "Воспроизвести", "Play"],
  pause: ["Pauza", "Пауза", "Pause"],
  micDenied: ["Mikrofon ishlamadi, ovozli faylni tanlang.", "Микрофон недоступен, выберите аудиофайл.", "No microphone: choose an audio file."],
  recording: ["Yozilmoqda", "Идёт запись", "Recording"],
  options: ["Xabar amallari", "Действия с сообщением", "Message actions"],
};
const COLUMN = { uz: 0, ru: 1, en: 2 };
const LOCALE = { uz: "uz-Latn-UZ", ru: "ru-RU", en: "en-GB" };

export const LANGUAGES = [["uz", "O‘zbekcha"], ["ru", "Русский"], ["en", "English"]];

let language = "uz";

export function setLanguage(code) {
  language = code in COLUMN ? code : "en";
  document.documentElement.lang = language;
}

export const currentLanguage = () => language;
export const locale = () => LOCALE[language];

/** The label in the current language, `{name}` replaced by its value. */
export function t(key, values = {}) {
  return LABELS[key][COLUMN[language]].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Label everything in the page's skeleton that asks for it. */
export function translateSkeleton(root = document) {
  for (const node of root.querySelectorAll("[data-i18n]")) node.textContent = t(node.dataset.i18n);
  for (const node of root.querySelectorAll("[data-i18n-label]")) {
    node.setAttribute("aria-label", t(node.dataset.i18nLabel));
    if (node.tagName === "BUTTON") node.title = t(node.dataset.i18nLabel);
  }
}
