"""Why an operator decides something. It is chosen and never typed, as what is typed may name a person, for ever."""

BECAUSE = {
    "mended": "What was wrong is mended.",
    "by-hand": "It was done by hand.",
    "not-wanted": "It is not wanted any more.",
    "impossible": "It can never be done.",
    "wrong": "It is wrong, and nothing can be made of it.",
    "other": "There is another reason.",
}
