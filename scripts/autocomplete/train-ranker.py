"""Trains a ranker on evidence written by ranker-data.ts, and writes its weights.

    python3 scripts/autocomplete/train-ranker.py python data.bin server/autocomplete/weights/python-ranker.ts STEPS
"""
import base64
import sys
import time

import numpy as np

name, source, target, steps = sys.argv[1:5]
F, H, B, MOST = 90, 48, 512, 49
END, WHOLE = 43, 44  # the features that say "the line ends" and "what is typed is the word"
raw = np.fromfile(source, dtype=np.uint8)
starts, heads, at = [], [], 0
while at + 6 <= len(raw):
    head = raw[at : at + 6].view(np.uint16).astype(int)
    size = head[0] * F * 4
    if at + 6 + size > len(raw):
        break
    starts.append(at + 6)
    heads.append(head)
    at += 6 + size
counts, targets, flags = np.array(heads).T
X = np.zeros((len(starts), MOST, F), np.float32)
for i, (s, n) in enumerate(zip(starts, counts)):
    X[i, :n] = raw[s : s + n * F * 4].view(np.float32).reshape(n, F)
del raw
mask = np.arange(MOST)[None, :] < counts[:, None]
learned, aside = np.flatnonzero(flags < 4), np.flatnonzero(flags >= 4)
rng = np.random.default_rng(1)
p = {"w1": rng.normal(0, F**-0.5, (F, H)), "b1": np.zeros(H), "w2": rng.normal(0, H**-0.5, H)}
p = {k: v.astype(np.float32) for k, v in p.items()}
m = {k: np.zeros_like(v) for k, v in p.items()}
v2 = {k: np.zeros_like(v) for k, v in p.items()}


def forward(rows):
    x = X[rows]
    h = np.maximum(0, x @ p["w1"] + p["b1"])
    z = np.where(mask[rows], h @ p["w2"], -1e9)
    z -= z.max(axis=1, keepdims=True)
    q = np.exp(z)
    return x, h, q / q.sum(axis=1, keepdims=True)


def check():
    """On the packages set aside: the loss, and how often right, as the yardstick counts, at the start of a token and in a word."""
    loss, right = 0.0, np.zeros(3)
    for i in range(0, len(aside), 2000):
        rows = aside[i : i + 2000]
        x, _, q = forward(rows)
        all_rows = np.arange(len(rows))
        loss -= np.log(q[all_rows, targets[rows]] + 1e-9).sum()
        q[all_rows, counts[rows] - 1] = 0
        q[(x[:, :, END] > 0) | (x[:, :, WHOLE] > 0)] = 0
        is_right = (q.argmax(1) == targets[rows]) & (q.max(1) > 0) & (targets[rows] != counts[rows] - 1)
        for kind in (1, 2):
            right[kind] += is_right[flags[rows] % 4 == kind].sum()
    shares = [right[kind] / max(1, (flags[aside] % 4 == kind).sum()) for kind in (1, 2)]
    return f"set aside: nll {loss / len(aside):.4f} next {shares[0]:.4f} prefix {shares[1]:.4f}"


print(len(learned), "positions learned from,", len(aside), "set aside")
start, step, done = time.time(), 0, 0.0
while done < 1:
    done = min(1.0, (step + 1) / int(steps))  # the rate of learning falls with the steps that are left
    i = step * B % (len(learned) - B)
    if i < B:
        order = rng.permutation(learned)
    rows = order[i : i + B]
    x, h, q = forward(rows)
    q[np.arange(B), targets[rows]] -= 1
    q /= B
    dh = q[:, :, None] * p["w2"] * (h > 0)
    grad = {
        "w2": np.tensordot(q, h, ((0, 1), (0, 1))),
        "b1": dh.sum((0, 1)),
        "w1": x.reshape(-1, F).T @ dh.reshape(-1, H),
    }
    step += 1
    rate = 4e-3 * min(1, step / 50) * (1 - done) + 1e-5
    for k in p:
        g = grad[k] + 1e-6 * p[k]
        m[k] += 0.1 * (g - m[k])
        v2[k] += 0.01 * (g**2 - v2[k])
        p[k] -= rate * (m[k] / (1 - 0.9**step)) / (np.sqrt(v2[k] / (1 - 0.99**step)) + 1e-8)
    if step % 200 == 0 or done == 1:
        print(step, "%.0fs" % (time.time() - start), check(), flush=True)
blob = p["w1"].T.copy().tobytes() + p["b1"].tobytes() + p["w2"].tobytes()
with open(target, "w") as f:
    f.write(
        f"/** Learned numbers of the {name} ranker. Made by scripts/autocomplete/train-ranker.py; holds no text. */\n"
        f"export const {name}Ranker = {{\n  features: {F},\n  hidden: {H},\n  data: '{base64.b64encode(blob).decode()}',\n}};\n"
    )
