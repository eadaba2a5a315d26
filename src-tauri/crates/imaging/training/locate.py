"""Trains the localiser on drawn photographs that come from the generator and are never seen twice.

    /usr/bin/python3 locate.py GENERATOR OUT.bin --minutes 30 [--start CHECKPOINT]

What holds for `line.py` holds here.
"""

import argparse
import copy
import math
import threading
import time

import numpy as np
import torch
import torch.nn.functional as F

from line import TRAIN_FROM, TUNE_FROM, stream
from nets import LocateNet, averaged

BATCH = 32
CELL = 4
# Offsets are told in this many pixels, so that they are near one.
OFFSET_PX = 32.0
# Rows at least this high, as a share of the main row, are rows to be found too.
LEAST_SHARE = 0.75


def batch(pipe):
    """Thirty-two scenes of one size: images, masks, offsets of corners, and the quads."""
    images, masks, offsets, quads = [], [], [], []
    for _ in range(BATCH):
        width, height = pipe.stdout.read(2)
        pixels = np.frombuffer(pipe.stdout.read(width * height), dtype=np.uint8).astype(np.float32)
        rows = pipe.stdout.read(1)[0]
        corners = np.frombuffer(pipe.stdout.read(4 * 36), dtype="<f4").reshape(4, 9)[:rows]
        images.append(((pixels - pixels.mean()) / (pixels.std() + 2.0)).reshape(1, height, width))
        mask, offset = goal(width, height, corners)
        masks.append(mask)
        offsets.append(offset)
        quads.append(corners)
    return torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(masks)), torch.from_numpy(np.stack(offsets)), quads


class Pool:
    """Drawn batches, the oldest replaced as fast as the generator draws; training takes any of them."""

    def __init__(self, generator, first_seed, size=600):
        self.generator, self.next_seed, self.size = generator, first_seed // BATCH * BATCH, size
        self.batches, self.drawn, self.is_open = [], 0, True
        self.random = np.random.default_rng(5)
        self.fill(32)
        threading.Thread(target=self.go_on, daemon=True).start()

    def fill(self, number):
        pipe = stream(self.generator, "scenes", self.next_seed, number * BATCH)
        self.next_seed += number * BATCH
        for _ in range(number):
            fresh = batch(pipe)
            if len(self.batches) < self.size:
                self.batches.append(fresh)
            else:
                self.batches[self.drawn % self.size] = fresh
            self.drawn += 1
        pipe.wait()

    def go_on(self):
        while self.is_open:
            self.fill(128)

    def batch(self):
        images, masks, offsets, quads = self.batches[self.random.integers(len(self.batches))]
        gains = self.random.uniform(0.8, 1.25, (BATCH, 1, 1, 1)) * self.random.choice([1.0, 1.0, -1.0], (BATCH, 1, 1, 1))
        return images * torch.from_numpy(gains.astype(np.float32)), masks, offsets, quads


def goal(width, height, rows):
    cells_x, cells_y = width // CELL, height // CELL
    x = (np.arange(cells_x, dtype=np.float32) + 0.5)[None, :] * CELL + np.zeros((cells_y, 1), np.float32)
    y = (np.arange(cells_y, dtype=np.float32) + 0.5)[:, None] * CELL + np.zeros((1, cells_x), np.float32)
    mask = np.zeros((1, cells_y, cells_x), np.float32)
    offset = np.zeros((8, cells_y, cells_x), np.float32)
    for row in rows:
        if row[8] < LEAST_SHARE:
            continue
        quad = row[:8].reshape(4, 2)
        middle, along = quad.mean(0), (quad[1] + quad[2] - quad[0] - quad[3]) / 2
        down = (quad[2] + quad[3] - quad[0] - quad[1]) / 2
        long, high = np.hypot(*along), np.hypot(*down)
        across = np.array([-along[1], along[0]]) / max(long, 1e-3)
        right = ((x - middle[0]) * along[0] + (y - middle[1]) * along[1]) / max(long, 1e-3)
        below = (x - middle[0]) * across[0] + (y - middle[1]) * across[1]
        # Shrunk upwards and downwards, so that neighbouring rows stay apart; never thinner than a cell.
        inside = (np.abs(right) <= long / 2) & (np.abs(below) <= max(high * 0.36, 2.1))
        mask[0][inside] = 1.0
        for place, (corner_x, corner_y) in enumerate(quad):
            offset[2 * place][inside] = (corner_x - x[inside]) / OFFSET_PX
            offset[2 * place + 1][inside] = (corner_y - y[inside]) / OFFSET_PX
    return mask, offset


def losses(given, masks, offsets):
    said = given[:, :1]
    each = F.binary_cross_entropy_with_logits(said, masks, reduction="none")
    weight = 1.0 + 2.0 * masks
    found = (each * weight).mean()
    off = F.smooth_l1_loss(given[:, 1:], offsets, reduction="none", beta=0.1).mean(1, keepdim=True)
    # A cell tells the corners near it best.
    number = masks.sum().clamp(min=1.0)
    return found, (off * masks).sum() / number


def overlap(given, quads):
    """Shares of scenes whose main row is found, with an overlap of upright boxes above a half and above 0.75."""
    good = better = total = 0
    for maps, rows in zip(given, quads):
        if len(rows) == 0:
            continue
        mask = torch.sigmoid(maps[0]).numpy()
        total += 1
        if mask.max() < 0.4:
            continue
        line, column = np.unravel_index(mask.argmax(), mask.shape)
        # One blob around the surest cell is enough for a figure to watch.
        near = np.zeros_like(mask, dtype=bool)
        todo = [(line, column)]
        while todo:
            at = todo.pop()
            inside = 0 <= at[0] < mask.shape[0] and 0 <= at[1] < mask.shape[1]
            if inside and not near[at] and mask[at] > 0.4:
                near[at] = True
                todo += [(at[0] + 1, at[1]), (at[0] - 1, at[1]), (at[0], at[1] + 1), (at[0], at[1] - 1)]
        places = np.argwhere(near)
        corners = []
        for corner in range(4):
            off = maps[1 + 2 * corner : 3 + 2 * corner].numpy()[:, near]
            spots = np.stack([(places[:, 1] + 0.5) * CELL, (places[:, 0] + 0.5) * CELL]) + off * OFFSET_PX
            weight = 1.0 / (1.0 + np.hypot(*off) ** 2 * 8)
            corners.append((spots * weight).sum(1) / weight.sum())
        found = np.stack(corners)
        best = 0.0
        for row in rows:
            if row[8] >= LEAST_SHARE:
                best = max(best, boxes(found, row[:8].reshape(4, 2)))
        good += best > 0.5
        better += best > 0.75
    return good, better, total


def boxes(one, other):
    low = np.maximum(one.min(0), other.min(0))
    high = np.minimum(one.max(0), other.max(0))
    common = np.prod(np.maximum(high - low, 0))
    return common / (np.prod(np.ptp(one, 0)) + np.prod(np.ptp(other, 0)) - common + 1e-6)


def judge(net, batches):
    net.eval()
    sums = np.zeros(3)
    with torch.no_grad():
        for images, _, _, quads in batches:
            sums += overlap(net(images), quads)
    return f"found {100 * sums[0] / sums[2]:.1f} framed well {100 * sums[1] / sums[2]:.1f}"


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("generator")
    flags.add_argument("out")
    flags.add_argument("--minutes", type=float, default=30)
    flags.add_argument("--start")
    flags.add_argument("--first-seed", type=int, default=TRAIN_FROM)
    flags.add_argument("--rate", type=float, default=2e-3)
    flags.add_argument("--threads", type=int, default=1)
    flags = flags.parse_args()
    torch.set_num_threads(flags.threads)
    torch.manual_seed(5)
    pipe = stream(flags.generator, "scenes", TUNE_FROM // BATCH * BATCH, 512)
    tune = [batch(pipe) for _ in range(16)]
    net = LocateNet()
    if flags.start:
        net.load_state_dict(torch.load(flags.start))
    print(sum(weight.numel() for weight in net.parameters()), "weights", flush=True)
    net = net.to(memory_format=torch.channels_last)
    shadow = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=flags.rate, weight_decay=1e-2)
    pool = Pool(flags.generator, flags.first_seed)
    begun, step, means = time.time(), 0, None
    while (share := (time.time() - begun) / 60 / flags.minutes) < 1.0:
        rate = flags.rate * min(1.0, (step + 1) / 200) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        images, masks, offsets, _ = pool.batch()
        net.train()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            given = net(images.to(memory_format=torch.channels_last))
        found, off = losses(given.float(), masks, offsets)
        loss = 4.0 * found + 2.0 * off
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        averaged(shadow, net, min(0.998, (1 + step) / (10 + step)))
        step += 1
        now = np.array([found.item(), off.item()])
        means = now if means is None else means * 0.98 + now * 0.02
        if step % 100 == 0:
            said = judge(shadow, tune) if step % 500 == 0 else ""
            minutes = (time.time() - begun) / 60
            print(f"step {step} minute {minutes:.1f} drawn {pool.drawn * BATCH} mask {means[0]:.4f} corners {means[1]:.4f} {said}", flush=True)
        if step % 500 == 0:
            torch.save(shadow.state_dict(), flags.out + ".pt")
    pool.is_open = False
    torch.save(shadow.state_dict(), flags.out + ".pt")
    print(judge(shadow, tune))
    print("sha256 %s, %d bytes" % shadow.eval().write(flags.out))


if __name__ == "__main__":
    main()
