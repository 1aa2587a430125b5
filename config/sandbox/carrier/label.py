"""The label of a parcel: a page of PDF with its number as a barcode, which a warehouse prints and sticks on."""

WIDTH, HEIGHT = 288, 432  # points: 4 by 6 inches
# Interleaved 2 of 5: which of the five bars, or gaps, of a digit are wide.
WIDE = ("nnwwn", "wnnnw", "nwnnw", "wwnnn", "nnwnw", "wnwnn", "nwwnn", "nnnww", "wnnwn", "nwnwn")
NARROW, BROAD = 1.2, 3.0


def pdf(lines: list[str], number: str) -> bytes:
    """A page with these lines, and the barcode of a number of an even count of digits."""
    drawn = [*bars(number), *text(lines)]
    stream = "\n".join(drawn).encode("cp1252", "replace")
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents 5 0 R"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"{page} /Resources << /Font << /F1 4 0 R >> >> >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    return together(objects)


def together(objects: list[bytes]) -> bytes:
    """A PDF of these objects, with the table of where each of them begins."""
    document, begins = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        begins.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % begin for begin in begins)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return document + end % (len(objects) + 1, table, len(objects) + 1, len(document))


def text(lines: list[str]) -> list[str]:
    """Lines from the top of the page downwards."""
    shown = [line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for line in lines]
    return ["BT /F1 12 Tf 15 TL 20 400 Td", *(f"({line}) '" for line in shown), "ET"]


def bars(number: str) -> list[str]:
    """The barcode at the bottom of the page."""
    drawn, left = [], 20.0
    for place, broad in enumerate(widths(number)):
        width = BROAD if broad else NARROW
        if place % 2 == 0:
            drawn.append(f"{left:.1f} 40 {width} 90 re f")
        left += width
    return drawn


def widths(number: str) -> list[bool]:
    """Bars and gaps in turn: whether each is broad."""
    inner = [
        wide == "w"
        for first, second in zip(number[::2], number[1::2], strict=True)
        for pair in zip(WIDE[int(first)], WIDE[int(second)], strict=True)
        for wide in pair
    ]
    return [False, False, False, False, *inner, True, False, False]
