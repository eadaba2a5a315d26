"""The two networks, and the file their weights are written to.

The file is what the app reads (`src/reading/network.rs` says its shape): a list of steps over numbered slots, batch
normalisation folded into the convolutions, weights as half floats.
"""

import hashlib
import struct

import torch
import torch.nn.functional as F
from torch import nn

SIGNS = "0123456789.-Er"
CLASSES = len(SIGNS) + 1  # blank is class 0

MAGIC = b"MCNET\x00\x01\x00"
CONV, UP_ADD = 1, 2
NONE = 255


class Step(nn.Module):
    """Convolution, batch normalisation, perhaps an addition, perhaps a cut below zero."""

    def __init__(self, taken, given, kernel=(3, 3), stride=(1, 1), relu=True, norm=True):
        super().__init__()
        self.kernel, self.stride, self.relu = kernel, stride, relu
        self.pad = ((kernel[0] - 1) // 2 if kernel[0] != 4 else 0, (kernel[1] - 1) // 2)
        self.conv = nn.Conv2d(taken, given, kernel, stride, self.pad, bias=not norm)
        self.norm = nn.BatchNorm2d(given) if norm else None

    def forward(self, x, plus=None):
        x = self.conv(x)
        if self.norm is not None:
            x = self.norm(x)
        if plus is not None:
            x = x + plus
        return F.relu(x) if self.relu else x

    def folded(self):
        weight = self.conv.weight.detach().float()
        if self.norm is None:
            return weight, self.conv.bias.detach().float()
        norm = self.norm
        gain = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach().float()
        bias = (norm.bias - norm.running_mean * gain).detach().float()
        return weight * gain.view(-1, 1, 1, 1), bias


class Net(nn.Module):
    """Steps over slots: a list of (kind, source, second source or None, target)."""

    def __init__(self):
        super().__init__()
        self.steps = nn.ModuleList()
        self.plan = []

    def add(self, step, source, target, plus=None):
        self.plan.append((CONV, source, plus, target, len(self.steps)))
        self.steps.append(step)

    def up_add(self, small, large, target):
        self.plan.append((UP_ADD, small, large, target, None))

    def forward(self, x):
        slots = {0: x}
        for kind, source, second, target, step in self.plan:
            if kind == CONV:
                plus = None if second is None else slots[second]
                slots[target] = self.steps[step](slots[source], plus)
            else:
                large = slots[second]
                up = slots[source].repeat_interleave(2, 2).repeat_interleave(2, 3)
                slots[target] = up[:, :, : large.shape[2], : large.shape[3]] + large
        return slots[self.plan[-1][3]]

    def told(self, height, width):
        """What the written file must give for a made-up picture: the same as the app's runner, but for rounding."""
        count = torch.arange(height * width, dtype=torch.int64)
        slots = {0: ((count * 37 % 101).float() / 50.0 - 1.0).view(1, 1, height, width)}
        with torch.no_grad():
            for kind, source, second, target, step in self.plan:
                if kind == UP_ADD:
                    up = slots[source].repeat_interleave(2, 2).repeat_interleave(2, 3)
                    large = slots[second]
                    slots[target] = up[:, :, : large.shape[2], : large.shape[3]] + large
                    continue
                module = self.steps[step]
                weight, bias = module.folded()
                x = F.conv2d(slots[source], weight.half().float(), bias, module.stride, module.pad)
                if second is not None:
                    x = x + slots[second]
                slots[target] = F.relu(x) if module.relu else x
        return slots[self.plan[-1][3]].numpy().astype("<f4").tobytes()

    def write(self, path):
        out = bytearray(MAGIC)
        out += struct.pack("<H", len(self.plan))
        for kind, source, second, target, step in self.plan:
            out += struct.pack("<BBBB", kind, source, NONE if second is None else second, target)
            if kind == CONV:
                module = self.steps[step]
                weight, bias = module.folded()
                given, taken, high, wide = weight.shape
                out += struct.pack("<HH", taken, given)
                out += struct.pack("<BBBB", high, wide, *module.stride)
                out += struct.pack("<BBB", *module.pad, int(module.relu))
                out += weight.half().numpy().tobytes()
                out += bias.numpy().astype("<f4").tobytes()
        with open(path, "wb") as file:
            file.write(out)
        with open(path.removesuffix(".bin") + ".told", "wb") as file:
            file.write(self.told(*self.made_up))
        return hashlib.sha256(out).hexdigest(), len(out)


class LineNet(Net):
    """32 x 192 grey to 48 steps of 15 classes."""

    made_up = (32, 192)

    def __init__(self):
        super().__init__()
        self.add(Step(1, 24, (5, 5), (2, 2)), 0, 1)
        self.add(Step(24, 32), 1, 2)
        self.add(Step(32, 64, (3, 3), (2, 2)), 2, 3)
        self.add(Step(64, 64), 3, 4)
        self.add(Step(64, 64), 4, 5, plus=3)
        self.add(Step(64, 96, (3, 3), (2, 1)), 5, 6)
        self.add(Step(96, 96), 6, 7, plus=6)
        self.add(Step(96, 128, (4, 1)), 7, 8)
        self.add(Step(128, 128, (1, 5)), 8, 9, plus=8)
        self.add(Step(128, 128, (1, 7)), 9, 10, plus=9)
        self.add(Step(128, CLASSES, (1, 1), relu=False, norm=False), 10, 11)

    def forward(self, x):
        return super().forward(x).squeeze(2)


class LocateNet(Net):
    """Grey of any size in eighths to a quarter of it: a mask, then four corners as offsets in units of 32 pixels."""

    made_up = (56, 72)

    def __init__(self):
        super().__init__()
        self.add(Step(1, 16, (5, 5), (2, 2)), 0, 1)
        self.add(Step(16, 32, (3, 3), (2, 2)), 1, 2)
        self.add(Step(32, 64, (3, 3), (2, 2)), 2, 3)
        self.add(Step(64, 64), 3, 4, plus=3)
        self.add(Step(64, 96, (3, 3), (2, 2)), 4, 5)
        self.add(Step(96, 96), 5, 6, plus=5)
        self.add(Step(96, 96), 6, 7, plus=6)
        self.add(Step(96, 64, (1, 1), relu=False), 7, 8)
        self.up_add(8, 4, 9)
        self.add(Step(64, 64), 9, 10, plus=9)
        self.add(Step(64, 32, (1, 1), relu=False), 10, 11)
        self.up_add(11, 2, 12)
        self.add(Step(32, 32), 12, 13, plus=12)
        self.add(Step(32, 9, (1, 1), relu=False, norm=False), 13, 14)


def averaged(shadow, net, keep):
    """Moves the shadow's weights towards the net's; counters and running statistics as well."""
    with torch.no_grad():
        for mine, theirs in zip(shadow.state_dict().values(), net.state_dict().values()):
            if mine.dtype.is_floating_point:
                mine.lerp_(theirs.float(), 1.0 - keep)
            else:
                mine.copy_(theirs)
