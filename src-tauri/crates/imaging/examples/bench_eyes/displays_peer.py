"""Another's reader of displays, fed grey pictures by bench_eyes (see readers.rs for how).

Usage: displays_peer.py ssocr | rapidocr-row | rapidocr-photo

PP-OCRv6 (PyPI rapidocr, its weights come inside the wheel) runs on one thread: on a framed row
without its detector, on a photograph whole. Debian's ssocr has nothing to find a display with and
is for framed rows only.
"""

import resource
import subprocess
import sys
import tempfile
import time


def ssocr():
    """Any number of digits, the threshold found by iteration."""
    folder = tempfile.TemporaryDirectory()
    row = f"{folder.name}/row.pgm"
    asked = ["ssocr", "--number-digits=-1", "--iter-threshold", row]

    def read(width, height, grey):
        with open(row, "wb") as file:
            file.write(b"P5 %d %d 255\n" % (width, height) + grey)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return said.stdout.split(), spent

    read.folder = folder
    return read


def rapidocr(finds):
    import cv2
    import numpy
    from rapidocr import RapidOCR

    cv2.setNumThreads(1)
    quiet_on_one_thread = {
        "Global.log_level": "critical",
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    reader = RapidOCR(params=quiet_on_one_thread)

    def read(width, height, grey):
        pixels = numpy.frombuffer(grey, numpy.uint8).reshape(height, width)
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
        before = time.process_time()
        texts = reader(pixels, use_det=finds, use_cls=False, use_rec=True).txts
        return list(texts or []), time.process_time() - before

    # the first picture pays for loading the weights
    read(320, 48, bytes(320 * 48))
    return read


def main():
    name = sys.argv[1]
    read = ssocr() if name == "ssocr" else rapidocr(name == "rapidocr-photo")
    print({"ssocr": "ssocr"}.get(name, "PP-OCRv6 small (rapidocr)"), flush=True)
    while line := sys.stdin.buffer.readline():
        width, height = map(int, line.split())
        texts, spent_s = read(width, height, sys.stdin.buffer.read(width * height))
        parts = [" ".join(text.split()) for text in texts]
        print("\t".join([f"{spent_s * 1000:.3f}", *parts]), flush=True)


main()
