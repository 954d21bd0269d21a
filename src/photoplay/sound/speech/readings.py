"""Tables of how written things are read aloud, and nothing else.

They hold only what eSpeak NG 1.52 was found to read wrongly or not as people say it, judged by its
phonemes: it reads plain numbers, ordinals, percentages and most initialisms well by itself.
"""

from __future__ import annotations

# English unit: one, many. Case counts.
UNITS_EN = {
    "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "mg": ("milligram", "milligrams"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "km/h": ("kilometre per hour", "kilometres per hour"),
    "kph": ("kilometre per hour", "kilometres per hour"),
    "mph": ("mile per hour", "miles per hour"),
    "m/s": ("metre per second", "metres per second"),
    "mpg": ("mile per gallon", "miles per gallon"),
    "km": ("kilometre", "kilometres"),
    "m²": ("square metre", "square metres"),
    "m": ("metre", "metres"),
    "cm": ("centimetre", "centimetres"),
    "mm": ("millimetre", "millimetres"),
    "ft": ("foot", "feet"),
    "sq ft": ("square foot", "square feet"),
    "mi": ("mile", "miles"),
    "ml": ("millilitre", "millilitres"),
    "l": ("litre", "litres"),
    "L": ("litre", "litres"),
    "fps": ("frame per second", "frames per second"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "KB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "MP": ("megapixel", "megapixels"),
    "W": ("watt", "watts"),
    "kW": ("kilowatt", "kilowatts"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "hp": ("horse power", "horse power"),
    "dB": ("decibel", "decibels"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "ms": ("millisecond", "milliseconds"),
    "s": ("second", "seconds"),
    "sec": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "px": ("pixel", "pixels"),
    "cal": ("calorie", "calories"),
    "kcal": ("kilocalorie", "kilocalories"),
}

# Sign of a currency: one, many, and its hundredth part (empty where it has none).
CURRENCIES_EN = {
    "$": ("dollar", "dollars", "cents"),
    "€": ("euro", "euros", "cents"),
    "£": ("pound", "pounds", "pence"),
    "¥": ("yen", "yen", ""),
    "₹": ("rupee", "rupees", "paise"),
    "₩": ("won", "won", ""),
    "₽": ("rouble", "roubles", "kopecks"),
}

MAGNITUDES_EN = {
    "k": "thousand",
    "m": "million",
    "mn": "million",
    "b": "billion",
    "bn": "billion",
    "t": "trillion",
}

ABBREVIATIONS_EN = {
    "Ms.": "Miz",
    "Mt.": "Mount",
    "Dr.": "Doctor",
    "vs.": "versus",
    "vs": "versus",
    "i.e.": "that is",
    "e.g.": "for example",
    "approx.": "approximately",
    "Jan.": "January",
    "Feb.": "February",
    "Aug.": "August",
    "Sept.": "September",
    "Oct.": "October",
    "Nov.": "November",
    "Dec.": "December",
    "Inc.": "Incorporated",
    "Blvd.": "Boulevard",
    "Ave.": "Avenue",
    "w/o": "without",
    "w/": "with",
    "and/or": "and or",
    "24/7": "twenty-four seven",
    "½": "a half",
    "¼": "a quarter",
    "¾": "three quarters",
}

MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

DECADES_EN = {
    "00": "hundreds",
    "10": "tens",
    "20": "twenties",
    "30": "thirties",
    "40": "forties",
    "50": "fifties",
    "60": "sixties",
    "70": "seventies",
    "80": "eighties",
    "90": "nineties",
}

# Names as an English speaker says them, in an English reader's spelling.
BRANDS_EN = {
    "airbnb": "air bee en bee",
    "bvlgari": "Bulgari",
    "cartier": "cartyay",
    "citroën": "sitro en",
    "citroen": "sitro en",
    "garnier": "garnyay",
    "givenchy": "zhivonshee",
    "gif": "jif",
    "häagen-dazs": "hah gun dahs",
    "hailuo": "high loo oh",
    "hermès": "er mez",
    "hublot": "ooh blow",
    "huawei": "wah way",
    "hyundai": "hun day",
    "l'oréal": "lorry al",
    "lancôme": "lon comb",
    "lavazza": "lavatsa",
    "miele": "meela",
    "moët": "mo et",
    "nike": "nikey",
    "nivea": "nivvia",
    "patek philippe": "patek fileep",
    "peugeot": "poo zho",
    "porsche": "porsha",
    "renault": "ren oh",
    "tag heuer": "tag hoyer",
    "veo": "vay oh",
    "xiaomi": "shao me",
    "yves saint laurent": "Eev San Loron",
}

# Capitals that are spelled, but are taken for a word.
SPELLED_EN = frozenset({"FAQ", "LED", "LEDs", "NYC", "UHD", "VIP", "VIPs"})

# Capitals that stay capitals in a line that is all capitals; other words there are read as words.
INITIALISMS_EN = frozenset(
    word
    for row in (
        "AI AR BBC BMW CEO CGI CIA CNN DIY DJ DVD EU FBI FX GPS GPT HBO HD HDR HR HTML IBM ID IQ",
        "JFK KFC LA LG MTV NBA NFL NFT NHL OK PC PDF PR QR RGB SFX SUV TV UFO UI UK UN URL US USA",
        "USB UX VFX VR",
    )
    for word in row.split()
)

# Unit in other languages, where the sign is spelled out or passed over.
UNITS: dict[str, dict[str, str]] = {
    "de": {
        "kg": "Kilogramm",
        "km/h": "Kilometer pro Stunde",
        "km": "Kilometer",
        "cm": "Zentimeter",
        "mm": "Millimeter",
        "fps": "Bilder pro Sekunde",
        "°C": "Grad Celsius",
    },
    "fr": {"km/h": "kilomètres heure", "fps": "images par seconde", "°C": "degrés Celsius"},
    "es": {
        "km/h": "kilómetros por hora",
        "fps": "fotogramas por segundo",
        "°C": "grados Celsius",
    },
    "it": {
        "kg": "chilogrammi",
        "km/h": "chilometri all'ora",
        "km": "chilometri",
        "cm": "centimetri",
        "fps": "fotogrammi al secondo",
        "°C": "gradi Celsius",
    },
    "pt": {
        "kg": "quilos",
        "km/h": "quilômetros por hora",
        "km": "quilômetros",
        "cm": "centímetros",
        "fps": "quadros por segundo",
        "°C": "graus Celsius",
    },
    "nl": {
        "kg": "kilogram",
        "km/h": "kilometer per uur",
        "km": "kilometer",
        "cm": "centimeter",
        "fps": "beelden per seconde",
        "°C": "graden Celsius",
    },
    "pl": {"kg": "kilogramów", "km/h": "kilometrów na godzinę", "km": "kilometrów"},
    "ru": {"кг": "килограмм", "км/ч": "километров в час", "км": "километров"},
    "ja": {"kg": "キログラム", "km": "キロメートル", "cm": "センチメートル", "%": "パーセント"},
    "ko": {"kg": "킬로그램", "km": "킬로미터", "cm": "센티미터", "%": "퍼센트"},
    "cmn": {"kg": "公斤", "km/h": "公里每小时", "km": "公里", "cm": "厘米"},
}

# The full stop of an address, and the sign in front of a name.
DOT = {
    "en": "dot",
    "de": "Punkt",
    "fr": "point",
    "es": "punto",
    "it": "punto",
    "pt": "ponto",
    "nl": "punt",
    "pl": "kropka",
    "tr": "nokta",
    "ru": "точка",
    "sv": "punkt",
}
