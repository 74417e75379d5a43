"""Trains a prior (a small net from the classes of the tokens before to the class of the next) and writes its weights.

    python3 scripts/autocomplete/train-prior.py python data.bin server/autocomplete/weights/python-prior.ts FINGERPRINT CLASSES MINUTES [HIDDEN]
"""
import base64
import sys
import time

import numpy as np
from scipy import sparse

name, source, target, fingerprint, classes, minutes = sys.argv[1:7]
V, E, H, B = int(classes), 16, int(sys.argv[7]) if len(sys.argv) > 7 else 64, 2048
rng = np.random.default_rng(1)
rows = np.fromfile(source, dtype=np.uint16)
data = rows.reshape(-1, 17)
S = data.shape[1] - 1
cut = len(data) - len(data) // 20
test, data = data[cut:], data[:cut]  # the last packages by name: a plain check against overfitting
p = {
    "emb": rng.normal(0, 0.1, (V, E)),
    "w1": rng.normal(0, (S * E) ** -0.5, (S * E, H)),
    "b1": np.zeros(H),
    "w2": rng.normal(0, H**-0.5, (H, V)),
    "b2": np.zeros(V),
}
p = {k: v.astype(np.float32) for k, v in p.items()}
m = {k: np.zeros_like(v) for k, v in p.items()}
v2 = {k: np.zeros_like(v) for k, v in p.items()}


def forward(x):
    h0 = p["emb"][x].reshape(len(x), S * E)
    h1 = np.maximum(0, h0 @ p["w1"] + p["b1"])
    z = h1 @ p["w2"] + p["b2"]
    z -= z.max(axis=1, keepdims=True)
    return h0, h1, z


def loss_of(part):
    total, right = 0.0, 0
    for i in range(0, len(part), 4096):
        x, y = part[i : i + 4096, :S].astype(np.int64), part[i : i + 4096, S].astype(np.int64)
        z = forward(x)[2]
        total += (np.log(np.exp(z).sum(1)) - z[np.arange(len(y)), y]).sum()
        right += (z.argmax(1) == y).sum()
    return total / len(part), right / len(part)


def save():
    def packed(a):
        scale = np.abs(a).max(axis=-1, keepdims=True) / 127 + 1e-12
        return np.round(a / scale).astype(np.int8).tobytes(), scale.astype(np.float32).tobytes()

    # One scale a row; the output is stored class by class, since classes are asked for one at a time.
    parts = []
    for a in (p["emb"], p["w1"].T.copy(), p["w2"].T.copy()):
        ints, scales = packed(a)
        parts.append((ints, scales))
    floats = b"".join(s for _, s in parts) + p["b1"].tobytes() + p["b2"].tobytes()
    blob = floats + b"".join(i for i, _ in parts)
    text = base64.b64encode(blob).decode()
    with open(target, "w") as f:
        f.write(
            f"/** Learned numbers of the {name} prior. Made by scripts/autocomplete/train-prior.py; holds no text. */\n"
            f"export const {name}Prior = {{\n  fingerprint: {fingerprint},\n  classes: {V},\n  width: {E},\n  hidden: {H},\n  data: '{text}',\n}};\n"
        )


start, step, done = time.time(), 0, 0.0
order = rng.permutation(len(data))
while done < 1:
    done = min(1.0, (time.time() - start) / 60 / float(minutes))  # the rate of learning falls with the time that is left
    i = (step * B) % (len(data) - B)
    part = data[order[i : i + B]]
    x, y = part[:, :S].astype(np.int64), part[:, S].astype(np.int64)
    h0, h1, z = forward(x)
    g = np.exp(z)
    g /= g.sum(axis=1, keepdims=True)
    g[np.arange(B), y] -= 1
    g /= B
    grad = {"w2": h1.T @ g, "b2": g.sum(0)}
    d1 = (g @ p["w2"].T) * (h1 > 0)
    grad["w1"], grad["b1"] = h0.T @ d1, d1.sum(0)
    d0 = (d1 @ p["w1"].T).reshape(B * S, E)
    hot = sparse.csr_matrix((np.ones(B * S, np.float32), x.reshape(-1), np.arange(B * S + 1)), shape=(B * S, V))
    grad["emb"] = hot.T @ d0
    step += 1
    rate = 3e-3 * min(1, step / 100) * (1 - done) + 2e-5
    for k in p:
        m[k] += 0.1 * (grad[k] - m[k])
        v2[k] += 0.01 * (grad[k] ** 2 - v2[k])
        p[k] -= rate * (m[k] / (1 - 0.9**step)) / (np.sqrt(v2[k] / (1 - 0.99**step)) + 1e-8)
    if step % 400 == 0 or done == 1:
        print(step, "%.0fs" % (time.time() - start), "test nll %.4f right %.4f" % loss_of(test[::10]), flush=True)
        save()
print("all of test: nll %.4f right %.4f" % loss_of(test))
save()
