"""The products that are waited for, as published: when CRS begins, how long it lasts, what the label asks for.

Source: `clinical.md` 6 with its references [R:n]; [K] is common knowledge that a pharmacist confirms before a ward
relies on it. Where indications differ, the earliest and latest median and the longest range are taken. Times are hours
from the start of the dose; each dose runs a clock of its own.
"""

from dataclasses import dataclass
from functools import lru_cache

DAY = 24.0
TWO_WEEKS = (1, None, 14 * DAY)  # FDA 26 June 2025 [R:48]: daily for at least a week, two weeks in all


@dataclass(frozen=True, slots=True)
class Product:
    """One row of the table.

    Attributes:
        name: as on the wire.
        kind: `car_t` or `engager`.
        onset_h: earliest and latest published median from the dose to the onset of CRS.
        onset_until_h: upper end of the published range; None where none was found.
        duration_h: shortest and longest published median duration of CRS.
        neuro: published onset of neurotoxicity, as a sentence.
        watch: (first dose, last dose or None for all later ones, hours): how long to monitor closely.
        monitoring: what the label or protocol says, as a sentence.
        source: where the row comes from.
        other_names: brand and full names.
    """

    name: str
    kind: str
    onset_h: tuple[float, float]
    onset_until_h: float | None
    duration_h: tuple[float, float]
    neuro: str
    watch: tuple[tuple[int, int | None, float], ...]
    monitoring: str
    source: str
    other_names: tuple[str, ...] = ()

    def watch_h(self, dose_number: int | None) -> float | None:
        """How long to monitor closely after this dose; the longest of all where nobody charted which one it is."""
        if dose_number is None:
            return max((hours for _, _, hours in self.watch), default=None)
        return next((h for first, last, h in self.watch if first <= dose_number <= (last or dose_number)), None)


PRODUCTS = (
    Product(
        "axi-cel", "car_t", (2 * DAY, 4 * DAY), 20 * DAY, (6 * DAY, 7 * DAY),
        "Neurotoxicity: median day 4 (1-43).", (TWO_WEEKS,), "Daily for at least 7 days, 2 weeks in all.",
        "Yescarta label and REMS [R:51][R:48]", ("yescarta", "axicabtagene ciloleucel"),
    ),
    Product(
        "tisa-cel", "car_t", (3 * DAY, 5 * DAY), 51 * DAY, (8 * DAY, 8 * DAY),
        "Neurotoxicity: median day 6 (1-359).", (TWO_WEEKS,), "Two or three times in the first week, 2 weeks in all.",
        "Kymriah label [R:52][R:53][R:54]; real world [R:55]; [R:48]", ("kymriah", "tisagenlecleucel"),
    ),
    Product(
        "brexu-cel", "car_t", (3 * DAY, 5 * DAY), 13 * DAY, (8 * DAY, 10 * DAY),
        "Neurotoxicity: median day 6 (1-32).", (TWO_WEEKS,), "Daily for at least 7 days (MCL) or 14 days (ALL).",
        "Tecartus label [R:56][R:57]; ALL [K]; [R:48]", ("tecartus", "brexucabtagene autoleucel"),
    ),
    Product(
        "liso-cel", "car_t", (5 * DAY, 5 * DAY), 63 * DAY, (5 * DAY, 5 * DAY),
        "Neurotoxicity: median day 9 [K].", (TWO_WEEKS,), "Daily for at least 7 days, 2 weeks in all.",
        "Breyanzi EMA (1-14 d) [R:58]; US range to day 63 [K]; [R:48]", ("breyanzi", "lisocabtagene maraleucel"),
    ),
    Product(
        "ide-cel", "car_t", (1 * DAY, 1 * DAY), 23 * DAY, (7 * DAY, 7 * DAY),
        "Neurotoxicity: median day 2 [K].", (TWO_WEEKS,), "Daily for at least 7 days, 2 weeks in all.",
        "Abecma label [R:59][R:48]", ("abecma", "idecabtagene vicleucel"),
    ),
    Product(
        "cilta-cel", "car_t", (7 * DAY, 8 * DAY), 23 * DAY, (3 * DAY, 4 * DAY),
        "Neurotoxicity: about day 8; parkinsonism weeks to months later.", (TWO_WEEKS,),
        "Daily for at least 10 days (older label), 2 weeks in all.",
        "Carvykti: onset [K], monitoring [R:60][R:48]", ("carvykti", "ciltacabtagene autoleucel"),
    ),
    Product(
        "obe-cel", "car_t", (8 * DAY, 8 * DAY), 23 * DAY, (5 * DAY, 5 * DAY),
        "Neurotoxicity: no onset published.", (TWO_WEEKS,),
        "Daily for at least 7 days after each infusion, 2 weeks in all.",
        "Aucatzyl label [R:61]", ("aucatzyl", "obecabtagene autoleucel"),
    ),
    Product(
        "teclistamab", "engager", (2 * DAY, 2 * DAY), 6 * DAY, (2 * DAY, 2 * DAY),
        "Neurotoxicity: no onset published.", ((1, None, 48),), "48 h after each step-up dose.",
        "MajesTEC-1 [R:63][R:65]; EMA [R:64]", ("tecvayli",),
    ),
    Product(
        "talquetamab", "engager", (27, 27), 167, (17, 17),
        "Neurotoxicity: no onset published.", ((1, None, 48),), "In hospital for 48 h after every step-up dose.",
        "Talvey label [R:66][R:67]", ("talvey",),
    ),
    Product(
        "elranatamab", "engager", (2 * DAY, 2 * DAY), 9 * DAY, (2 * DAY, 2 * DAY),
        "Neurotoxicity: no onset published.", ((1, 1, 48), (2, 2, 24)),
        "In hospital for 48 h after step-up dose 1 and 24 h after step-up dose 2.",
        "Elrexfio label [R:68]; onset [K]", ("elrexfio",),
    ),
    Product(
        "epcoritamab", "engager", (20, 24), None, (2 * DAY, 2 * DAY),
        "Neurotoxicity: no onset published.", ((3, 3, 24),),
        "DLBCL: in hospital for 24 h after the 48 mg dose of cycle 1 day 15; FL: not required.",
        "Epkinly label [R:69]; onset, and that this is the third dose [K]", ("epkinly", "tepkinly"),
    ),
    Product(
        "glofitamab", "engager", (14, 14), None, (2 * DAY, 2 * DAY),
        "Neurotoxicity: no onset published.", ((1, 1, 24),), "In hospital for 24 h after the first dose.",
        "Columvi [K]", ("columvi",),
    ),
    Product(
        "mosunetuzumab", "engager", (5, 25), None, (3 * DAY, 3 * DAY),
        "Neurotoxicity: no onset published.", (), "As clinically indicated. Its label calls 6 L/min high flow.",
        "Lunsumio [K]; oxygen boundary [R:12]", ("lunsumio",),
    ),
    Product(
        "blinatumomab", "engager", (2 * DAY, 2 * DAY), None, (5 * DAY, 5 * DAY),
        "Neurotoxicity: no onset published.", ((1, 1, 9 * DAY), (2, 2, 2 * DAY)),
        "First 9 days of cycle 1 and 2 days of cycle 2 (MRD: 3 and 2); supervised restart after 4 h of interruption.",
        "Blincyto [K]; restart [R:45]", ("blincyto",),
    ),
    Product(
        "tebentafusp", "engager", (0, 1 * DAY), None, (2 * DAY, 2 * DAY),
        "Neurotoxicity: no onset published.", ((1, 3, 16),),
        "At least 16 h after the first three infusions, vitals every 4 h [K].",
        "Kimmtrak: 84 % begin on the day of infusion [R:47]", ("kimmtrak",),
    ),
    Product(
        "tarlatamab", "engager", (13, 13), None, (3 * DAY, 3 * DAY),
        "Neurotoxicity: no onset published.", ((1, 2, 24),),
        "22 to 24 h after cycle 1 day 1 and day 8, and within 1 h of the hospital for 48 h.",
        "Imdelltra [R:70][R:71][R:72]", ("imdelltra",),
    ),
)  # fmt: skip

_BY_NAME = {name: product for product in PRODUCTS for name in (product.name, *product.other_names)}
SUFFIX_LETTERS = 4  # the letters that tell one maker's biological from another's: teclistamab-cqyv


@lru_cache(maxsize=256)
def product_of(name: str) -> Product | None:
    """The row of a product by any of its names; None where it is not in the table."""
    plain = " ".join(name.lower().replace("_", " ").split())
    stem, _, suffix = plain.rpartition("-")
    return _BY_NAME.get(plain) or (_BY_NAME.get(stem) if len(suffix) == SUFFIX_LETTERS else None)
