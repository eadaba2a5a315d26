"""Another's reader of codes, fed grey pictures by bench_eyes (see readers.rs for how).

Usage: labels_peer.py zxing-cpp | zbar

zxing-cpp (PyPI) runs with all it has switched on; zbar is Debian's library, the one of zbar-tools,
as zbarimg sets it up. Both are asked for Code 128 and QR only.
"""

import ctypes
import sys
import time


def zxing_cpp():
    import importlib.metadata

    import zxingcpp

    wanted = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode])

    def read(width, height, grey):
        picture = memoryview(grey).cast("B", (height, width))
        return [code.text for code in zxingcpp.read_barcodes(picture, formats=wanted)]

    return f"zxing-cpp {importlib.metadata.version('zxing-cpp')}", read


def zbar():
    library = ctypes.CDLL("libzbar.so.0")
    pointer, number = ctypes.c_void_p, ctypes.c_uint
    for name, result, arguments in [
        ("zbar_image_scanner_create", pointer, []),
        ("zbar_image_scanner_set_config", ctypes.c_int, [pointer, ctypes.c_int, ctypes.c_int, ctypes.c_int]),
        ("zbar_image_create", pointer, []),
        ("zbar_image_set_format", None, [pointer, ctypes.c_ulong]),
        ("zbar_image_set_size", None, [pointer, number, number]),
        ("zbar_image_set_data", None, [pointer, ctypes.c_char_p, ctypes.c_ulong, pointer]),
        ("zbar_scan_image", ctypes.c_int, [pointer, pointer]),
        ("zbar_image_first_symbol", pointer, [pointer]),
        ("zbar_symbol_next", pointer, [pointer]),
        ("zbar_symbol_get_data", ctypes.c_char_p, [pointer]),
        ("zbar_image_destroy", None, [pointer]),
        ("zbar_version", ctypes.c_int, [ctypes.POINTER(number)] * 3),
    ]:
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    scanner = library.zbar_image_scanner_create()
    # zbar.h: every kind off, then these two on; ZBAR_CFG_ENABLE is 0
    for kind, is_on in [(0, 0), (128, 1), (64, 1)]:
        library.zbar_image_scanner_set_config(scanner, kind, 0, is_on)
    grey_format = int.from_bytes(b"Y800", "little")

    def read(width, height, grey):
        image = library.zbar_image_create()
        library.zbar_image_set_format(image, grey_format)
        library.zbar_image_set_size(image, width, height)
        library.zbar_image_set_data(image, grey, len(grey), None)
        library.zbar_scan_image(scanner, image)
        texts, symbol = [], library.zbar_image_first_symbol(image)
        while symbol:
            texts.append(library.zbar_symbol_get_data(symbol).decode("utf-8", "replace"))
            symbol = library.zbar_symbol_next(symbol)
        library.zbar_image_destroy(image)
        return texts

    parts = [number(), number(), number()]
    library.zbar_version(*map(ctypes.byref, parts))
    return "zbar " + ".".join(str(part.value) for part in parts), read


def main():
    name, read = {"zxing-cpp": zxing_cpp, "zbar": zbar}[sys.argv[1]]()
    print(name, flush=True)
    while line := sys.stdin.buffer.readline():
        width, height = map(int, line.split())
        grey = sys.stdin.buffer.read(width * height)
        before = time.process_time()
        texts = read(width, height, grey)
        spent = (time.process_time() - before) * 1000
        # a text may hold anything; the answer is one line, its parts set off by tabs
        plain = ["".join(sign if sign.isprintable() else " " for sign in text) for text in texts]
        print(f"{spent:.3f}", *plain, sep="\t", flush=True)


main()
