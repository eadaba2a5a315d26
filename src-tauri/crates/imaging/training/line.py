"""Trains the line reader on drawn rows that come from the generator and are never seen twice.

    /usr/bin/python3 line.py GENERATOR OUT.bin --minutes 50 [--start CHECKPOINT]

Seeds: the pictures follow from the generator's seed, the start from torch's; the result depends on the machine's
arithmetic all the same, so the committed file is the truth and not this run.
"""

import argparse
import copy
import math
import subprocess
import threading
import time

import numpy as np
import torch
import torch.nn.functional as F

from nets import SIGNS, LineNet, averaged

HEIGHT, WIDTH = 32, 192
RECORD = HEIGHT * WIDTH + 17
BATCH = 64
TRAIN_FROM, TUNE_FROM = 1_000_000, 100_000


def stream(generator, kind, start, count):
    return subprocess.Popen([generator, kind, str(start), str(count)], stdout=subprocess.PIPE, bufsize=1 << 20)


def records(pipe, size):
    return np.frombuffer(pipe.stdout.read(size * RECORD), dtype=np.uint8).reshape(-1, RECORD)


def prepared(raw, random=None):
    """Records as the net sees them; with a generator of randomness a little changed, which costs less than drawing."""
    pixels = raw[:, : HEIGHT * WIDTH].reshape(-1, HEIGHT, WIDTH).astype(np.float32)
    widths = raw[:, HEIGHT * WIDTH].astype(np.int64)
    filled = (np.arange(WIDTH)[None, :] < widths[:, None])[:, None, :].astype(np.float32)
    number = filled.sum((1, 2)) * HEIGHT
    mean = (pixels * filled).sum((1, 2)) / number
    centred = (pixels - mean[:, None, None]) * filled
    deviation = np.sqrt((centred**2).sum((1, 2)) / number)
    images = centred / (deviation[:, None, None] + 2.0)
    if random is not None:
        gains = random.uniform(0.8, 1.25, (len(raw), 1, 1)) * random.choice([1.0, 1.0, 1.0, -1.0], (len(raw), 1, 1))
        images = (images * gains).astype(np.float32)
        for image, width in zip(images, widths):
            # Up or down a pixel, the edge row again; a pixel or two lost at either end.
            if random.random() < 0.3:
                image[1:] = image[:-1].copy()
            elif random.random() < 0.4:
                image[:-1] = image[1:].copy()
            if random.random() < 0.15:
                level = random.normal(0.0, 0.1)
                image[:, :width] += (level * random.standard_normal((HEIGHT, width))).astype(np.float32)
    texts = [bytes(row[HEIGHT * WIDTH + 1 :]).rstrip(b"\0").decode() for row in raw]
    return torch.from_numpy(images).unsqueeze(1), texts


class Pool:
    """Drawn rows, the oldest replaced as fast as the generator draws; training takes any of them and never waits."""

    def __init__(self, generator, first_seed, size=24_576):
        self.generator, self.next_seed = generator, first_seed
        self.rows, self.filled, self.drawn = np.zeros((size, RECORD), np.uint8), 0, 0
        self.random = np.random.default_rng(5)
        self.is_open = True
        self.fill(2048)
        self.thread = threading.Thread(target=self.go_on, daemon=True)
        self.thread.start()

    def fill(self, number):
        pipe = stream(self.generator, "lines", self.next_seed, number)
        self.next_seed += number
        for _ in range(number // 256):
            place = self.drawn % len(self.rows)
            self.rows[place : place + 256] = records(pipe, 256)
            self.drawn += 256
            self.filled = min(len(self.rows), self.drawn)
        pipe.wait()

    def go_on(self):
        while self.is_open:
            self.fill(8192)

    def batch(self):
        return prepared(self.rows[self.random.integers(0, self.filled, BATCH)], self.random)


def targets(texts):
    joined = torch.tensor([SIGNS.index(sign) + 1 for text in texts for sign in text])
    return joined, torch.tensor([len(text) for text in texts])


def greedy(scores):
    best = scores.argmax(1).tolist()
    texts = []
    for row in best:
        text, last = "", 0
        for sign in row:
            if sign not in (0, last):
                text += SIGNS[sign - 1]
            last = sign
        texts.append(text)
    return texts


def judge(net, sets):
    net.eval()
    said = []
    with torch.no_grad():
        for name, batches in sets.items():
            whole = strict = total = 0
            for images, texts in batches:
                for read, text in zip(greedy(net(images)), texts):
                    strict += read == text
                    whole += read.replace(".", "") == text.replace(".", "")
                    total += 1
            said.append(f"{name} whole {100 * whole / total:.1f} strict {100 * strict / total:.1f}")
    return "; ".join(said)


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("generator")
    flags.add_argument("out")
    flags.add_argument("--minutes", type=float, default=50)
    flags.add_argument("--start")
    flags.add_argument("--first-seed", type=int, default=TRAIN_FROM)
    flags.add_argument("--rate", type=float, default=2e-3)
    flags.add_argument("--threads", type=int, default=1)
    flags = flags.parse_args()
    torch.set_num_threads(flags.threads)
    torch.manual_seed(5)

    sets = {}
    for kind in ("lines", "unlike"):
        pipe = stream(flags.generator, kind, TUNE_FROM, 1024)
        sets[kind] = [prepared(records(pipe, 128)) for _ in range(8)]
    net = LineNet()
    if flags.start:
        net.load_state_dict(torch.load(flags.start))
    print(sum(weight.numel() for weight in net.parameters()), "weights", flush=True)
    net = net.to(memory_format=torch.channels_last)
    shadow = copy.deepcopy(net)
    decayed = [weight for weight in net.parameters() if weight.dim() > 1]
    others = [weight for weight in net.parameters() if weight.dim() == 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 1e-2}, {"params": others, "weight_decay": 0.0}], lr=flags.rate
    )
    pool = Pool(flags.generator, flags.first_seed)
    begun, step, mean_loss = time.time(), 0, None
    while (share := (time.time() - begun) / 60 / flags.minutes) < 1.0:
        warm = min(1.0, (step + 1) / 300)
        rate = flags.rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        images, texts = pool.batch()
        net.train()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = net(images.to(memory_format=torch.channels_last))
        logs = scores.float().permute(2, 0, 1).log_softmax(2)
        joined, lengths = targets(texts)
        steps = torch.full((len(texts),), logs.shape[0])
        each = F.ctc_loss(logs, joined, steps, lengths, reduction="none", zero_infinity=True)
        # A row nobody can read must not outweigh those that can be learnt from.
        each = each / lengths
        weight = 1.0 / (1.0 + (each.detach() / 2.0) ** 2)
        loss = (each * weight).mean() / weight.mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        averaged(shadow, net, min(0.999, (1 + step) / (10 + step)))
        step += 1
        mean_loss = loss.item() if mean_loss is None else mean_loss * 0.99 + loss.item() * 0.01
        if step % 100 == 0:
            said = judge(shadow, sets) if step % 1000 == 0 else ""
            minutes = (time.time() - begun) / 60
            print(f"step {step} minute {minutes:.1f} rate {rate:.5f} drawn {pool.drawn} loss {mean_loss:.3f} {said}", flush=True)
        if step % 1000 == 0:
            torch.save(shadow.state_dict(), flags.out + ".pt")
    pool.is_open = False
    torch.save(shadow.state_dict(), flags.out + ".pt")
    print(judge(shadow, sets))
    print("sha256 %s, %d bytes" % shadow.eval().write(flags.out))


if __name__ == "__main__":
    main()
