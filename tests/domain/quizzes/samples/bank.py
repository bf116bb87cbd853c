"""Questions as teachers of the region ask them: what a reader of tests has to find, whatever it was written in."""

from dataclasses import dataclass

from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Multiple, Single

_QUESTIONS = """\
O‘zbekiston Respublikasining poytaxti qaysi shahar?|Samarqand|*Toshkent|Buxoro|Xiva
«O‘tkan kunlar» romanining muallifi kim?|A. Navoiy|*A. Qodiriy|G‘. G‘ulom|O. Yoqubov
"Boburnoma" asari qaysi tilda yozilgan?|*chig'atoy (eski o'zbek) tilida|fors tilida|arab tilida|hind tilida
Fotosintez jarayoni o‘simlikning qaysi qismida boradi|ildizida|*bargida|gulida|poyasida
Suvning kimyoviy formulasi - …|*H2O|CO2|NaCl|O2
Quyidagilardan qaysilari gaz holatida? (20 °C da)|temir va mis|*kislorod va azot|suv va simob|tuz va qand
Amir Temur qachon tug‘ilgan?|1326-yil|*1336-yil|1346-yil|1405-yil
“Xamsa” nechta dostondan iborat?|3 ta|4 ta|*5 ta|6 ta
Qaysi so‘z to‘g‘ri yozilgan?|tarixchi, tariyxchi|*tarixchi|tarihchi|tarxchi
Kompyuterning asosiy qurilmasi (miyasi) nima deb ataladi?|Monitor|*Protsessor|Klaviatura|Sichqoncha
HTML nima?|dasturlash tili|*belgilash tili|operatsion tizim|brauzer
1 Gbayt necha Mbayt?|1000|*1024|512|100
Qaysi qatorda faqat ot so‘z turkumi berilgan?|kitob, yaxshi, bordi|*kitob, daftar, maktab|besh, olti, yetti|men, sen, u
Orol dengizi qaysi davlatlar hududida?|Eron|*O‘zbekiston, Qozog‘iston|Qirg‘iziston, Xitoy|Tojikiston, Afg‘oniston
Mustaqillik kuni – bu:|8-mart|21-mart|*1-sentabr|8-dekabr
Ўзбекистон Конституцияси қачон қабул қилинган?|1991 йил 31 август|*1992 йил 8 декабрь|1993 йил 1 июль|1994 йил 5 май
Инсон танасидаги энг катта аъзо қайси?|юрак|жигар|*тери|ўпка
Ёруғлик тезлиги тахминан нечага тенг?|*300 000 км/с|150 000 км/с|30 000 км/с|3 000 км/с
Алишер Навоий қаерда туғилган?|Самарқандда|*Ҳиротда|Бухорода|Тошкентда
Қайси модда электр токини яхши ўтказади?|ёғоч|шиша|*мис|резина
Ҳужайранинг «энергия станцияси» нима?|ядро|*митохондрия|рибосома|вакуола
Чўл зонасига хос ҳайвон:|оқ айиқ|*жайрон|тюлень|бўғу
Бир йилда неча кун бор (кабиса эмас)?|364|*365|366|360
Ғўза қайси экин турига киради?|доннинг|*техник экин|сабзавот|полиз
Ер Қуёш атрофини неча кунда айланади?|30|180|*365|24
Столица Узбекистана:|Самарканд|*Ташкент|Бухара|Наманган
Кто написал роман «Война и мир»?|Ф. М. Достоевский|*Л. Н. Толстой|А. С. Пушкин|А. П. Чехов
Какое слово является существительным?|бежать|красивый|*дом|быстро
В каком году началась Вторая мировая война?|1937|*1939|1941|1945
Формула серной кислоты|HCl|*H2SO4|HNO3|H3PO4
Какая планета ближе всех к Солнцу?|Венера|Земля|*Меркурий|Марс
Укажите верное написание.|расчитать|*рассчитать|рассчетать|расщитать
Что изучает биология?|небесные тела|*живые организмы|горные породы|числа
Единица измерения силы – это|джоуль|*ньютон|ватт|паскаль
Сколько бит в одном байте?|4|*8|10|16
She ____ to school every day.|go|*goes|going|gone
If I ___ rich, I would travel the world.|am|was being|*were|will be
Choose the correct plural of “child”.|childs|childes|*children|childrens
I have lived here ____ 2010.|for|*since|from|in
What is the opposite of "expensive"?|dear|*cheap|rich|costly
He is interested ___ music.|on|at|*in|of
Which sentence is in the Passive Voice?|They built it.|*The house was built in 1990.|I am building.|Build it!
There isn’t ____ milk in the fridge.|many|some|*any|a few
They ______ football when it started to rain.|play|*were playing|are playing|have played
2 + 2 · 2 = ?|8|*6|4|10
$x^2 - 5x + 6 = 0$ tenglamaning ildizlarini toping.|1 va 6|*2 va 3|-2 va -3|-1 va 6
Hisoblang: $\\frac{1}{2} + \\frac{1}{3}$|$\\frac{2}{5}$|*$\\frac{5}{6}$|$\\frac{1}{6}$|1
$\\sqrt{144}$ ning qiymati nechaga teng?|14|-12|*12|72
3,5 ni 0,5 ga bo‘ling.|*7|0,7|70|1,75
200 ning 15% i nechaga teng?|15|*30|45|3
$\\sin 30^\\circ$ nimaga teng?|$\\frac{\\sqrt{3}}{2}$|*$\\frac{1}{2}$|1|0
Uchburchak ichki burchaklari yig‘indisi?|90°|*180°|270°|360°
$\\log_2 8$ = …|2|*3|4|8
a > b bo‘lsa, -a va -b ni taqqoslang|-a > -b|*-a < -b|-a = -b|aniqlab bo‘lmaydi
Вычислите: $(-3)^2 + 4$|-5|*13|1|-13
Quyidagi sonlardan qaysilari tub?|*2|*7|9|15
Quyidagi shaharlardan qaysilari O‘zbekistonda joylashgan|*Termiz|Olmaota|*Nukus|Bishkek
Какие из чисел делятся на 3?|*12|14|*21|*33
Choose the verbs:|*run|table|*write|blue
Ranglarni tanlang|*qizil|stol|*ko‘k|kitob"""


@dataclass(frozen=True, slots=True)
class Asked:
    text: str
    options: tuple[str, ...]
    right: frozenset[int]

    @property
    def draft(self) -> QuestionDraft:
        key = Single(next(iter(self.right))) if len(self.right) == 1 else Multiple(self.right)
        options = tuple(Text({Language.UZ: option}) for option in self.options)
        return QuestionDraft(text=Text({Language.UZ: self.text}), options=options, key=key)


def _asked(line: str) -> Asked:
    text, *options = line.split("|")
    right = frozenset(place for place, option in enumerate(options) if option.startswith("*"))
    return Asked(text, tuple(option.removeprefix("*") for option in options), right)


BANK = tuple(map(_asked, _QUESTIONS.split("\n")))
SINGLES = tuple(asked for asked in BANK if len(asked.right) == 1)
