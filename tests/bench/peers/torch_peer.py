"""PyTorch on one core, as a peer: one request per line of standard input, one answer per line of standard output.

Its words are the material's folder and the ways to a gradient that it may take (none: all).
It answers what peer_host.js answers. Every work is tried in several ways (with autograd and, for fully connected
networks, with the gradient written by hand; eager and traced; channels first and last; an optimizer over the list of
parameters and one over a single flat vector), and the fastest is measured.
"""

import json
import math
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

BETA1, BETA2, EPSILON, MOMENTUM = 0.9, 0.999, 1e-8, 0.9
PROBE_SECONDS = 0.15
PREPARED_INPUTS = 400_000


class Material:
    def __init__(self, folder, work_id):
        with open(os.path.join(folder, "works.json"), encoding="utf-8") as file:
            listing = json.load(file)
        self.work = next(work for work in listing["works"] if work["id"] == work_id)
        name = self.work["data"]
        self.facts = listing["data"][name]
        self.layers = self.work["net"]["layers"]
        self.shape = self.facts["shape"]
        self.order = torch.from_numpy(np.fromfile(os.path.join(folder, f"{name}.order"), dtype=np.int32).astype(np.int64))
        self.weights = np.fromfile(os.path.join(folder, f"{work_id}.weights"), dtype=np.float32)
        if "sequence" in self.work["net"]:
            ids = torch.from_numpy(np.fromfile(os.path.join(folder, f"{name}.train"), dtype=np.uint8).astype(np.int64))
            ids = ids.reshape(-1, self.shape[0] + 1)
            self.inputs, self.labels = {"train": ids[:, :-1]}, {"train": ids[:, 1:]}
            return
        kind = np.uint8 if self.facts["inputs"] == "u8" else np.float32
        self.inputs, self.labels = {}, {}
        for split in ("train", "val"):
            raw = np.fromfile(os.path.join(folder, f"{name}.{split}"), dtype=kind).astype(np.float32)
            scaled = (raw - np.float32(self.facts["mean"])) / np.float32(self.facts["deviation"])
            is_image = self.layers[0]["kind"] == "conv"
            self.inputs[split] = torch.from_numpy(scaled).reshape([-1] + (self.shape if is_image else [math.prod(self.shape)]))
            labels = np.fromfile(os.path.join(folder, f"{name}.{split}_labels"), dtype=np.uint8)
            self.labels[split] = torch.from_numpy(labels.astype(np.int64))

    def batch(self, step):
        size = self.work["batch"]
        at = torch.arange(step * size, (step + 1) * size) % len(self.order)
        samples = self.order[at]
        return self.inputs["train"][samples], self.labels["train"][samples]


def forward(layers, activation, x, parameters):
    for i, layer in enumerate(layers):
        weight, bias = parameters[2 * i], parameters[2 * i + 1]
        if layer["kind"] == "conv":
            x = F.max_pool2d(F.relu(F.conv2d(x, weight, bias, padding=layer["pad"])), 2)
            continue
        x = F.linear(x.flatten(1), weight, bias)
        if i < len(layers) - 1:
            x = torch.tanh(x) if activation == "tanh" else F.relu(x)
    return x


def attend(x, heads, mask):
    count, length, width = x.shape[0], x.shape[1], x.shape[2] // 3
    n = width // heads
    q, k, v = x.view(count, length, 3, heads, n).permute(2, 0, 3, 1, 4).reshape(3, count * heads, length, n)
    scores = torch.baddbmm(mask, q, k.transpose(1, 2), alpha=1 / math.sqrt(n))
    mixed = torch.bmm(torch.softmax(scores, -1), v)
    return mixed.view(count, heads, length, n).transpose(1, 2).reshape(count, length, width)


def forward_sequence(sequence, ids, parameters):
    p = iter(parameters)
    width = sequence["width"]
    x = F.embedding(ids, next(p))
    if sequence["kind"] == "lstm":
        zeros = x.new_zeros(1, x.shape[0], width)
        x = torch._VF.lstm(x, (zeros, zeros), [next(p) for _ in range(4)], True, 1, 0.0, True, False, True)[0]
        return F.linear(x, next(p), next(p))
    x = x + next(p)
    mask = torch.full((sequence["length"], sequence["length"]), float("-inf")).triu(1)
    for _ in range(sequence["depth"]):
        y = F.layer_norm(x, (width,), next(p), next(p))
        y = attend(F.linear(y, next(p), next(p)), sequence["heads"], mask)
        x = x + F.linear(y, next(p), next(p))
        y = F.layer_norm(x, (width,), next(p), next(p))
        y = F.gelu(F.linear(y, next(p), next(p)), approximate="tanh")
        x = x + F.linear(y, next(p), next(p))
    return F.linear(F.layer_norm(x, (width,), next(p), next(p)), next(p), next(p))


class FlatRule:
    """An update rule on one vector; Adam's epsilon is added to the root without bias correction, as ours."""

    def __init__(self, kind, theta, gradient, lr):
        self.kind, self.theta, self.gradient, self.lr, self.steps = kind, theta, gradient, lr, 0
        self.m, self.v = torch.zeros_like(theta), torch.zeros_like(theta)

    def step(self):
        self.steps += 1
        if self.kind == "sgd":
            self.theta.add_(self.gradient, alpha=-self.lr)
        elif self.kind == "momentum":
            self.m.mul_(MOMENTUM).add_(self.gradient)
            self.theta.add_(self.m, alpha=-self.lr)
        else:
            self.m.mul_(BETA1).add_(self.gradient, alpha=1 - BETA1)
            self.v.mul_(BETA2).addcmul_(self.gradient, self.gradient, value=1 - BETA2)
            rate = self.lr * math.sqrt(1 - BETA2**self.steps) / (1 - BETA1**self.steps)
            self.theta.addcdiv_(self.m, self.v.sqrt().add_(EPSILON), value=-rate)


class ListRule:
    """PyTorch's own optimizers over the list of parameters, in their foreach variants."""

    def __init__(self, kind, parameters, lr):
        self.kind, self.steps = kind, 0
        if kind == "adam":
            self.optimizer = torch.optim.Adam(parameters, lr=lr, betas=(BETA1, BETA2), foreach=True)
        else:
            self.optimizer = torch.optim.SGD(parameters, lr=lr, momentum=MOMENTUM if kind == "momentum" else 0, foreach=True)

    @property
    def lr(self):
        return self.optimizer.param_groups[0]["lr"]

    @lr.setter
    def lr(self, lr):
        self.optimizer.param_groups[0]["lr"] = lr

    def step(self):
        self.steps += 1
        if self.kind == "adam":
            self.optimizer.param_groups[0]["eps"] = EPSILON / math.sqrt(1 - BETA2**self.steps)
        self.optimizer.step()


class Training:
    """A work in one of the ways: `gradient` autograd or by hand, `graph` eager or traced, `layout`, `rule`."""

    def __init__(self, material, way):
        self.work, self.layers, self.way = material.work, material.layers, way
        self.activation = self.work["net"]["activation"]
        self.theta = torch.from_numpy(material.weights.copy())
        self.gradient = torch.zeros_like(self.theta)
        shapes = self.work["parameters"]
        ends = np.cumsum([math.prod(shape) for shape in shapes])
        cut = lambda flat: [flat[end - math.prod(shape) : end].view(shape) for shape, end in zip(shapes, ends)]
        self.gradients = cut(self.gradient)
        self.parameters = [torch.nn.Parameter(view) for view in cut(self.theta)]
        if way["rule"] == "flat":
            for parameter, gradient in zip(self.parameters, self.gradients):
                parameter.grad = gradient
            self.rule = FlatRule(self.work["optimizer"], self.theta, self.gradient, self.work["lr"])
        else:
            self.rule = ListRule(self.work["optimizer"], self.parameters, self.work["lr"])
        self.loss_of = self.eager_loss
        if way["graph"] == "traced":
            x, y = self.convert(*material.batch(0))
            self.loss_of = torch.jit.trace(self.eager_loss, (x, y, *self.parameters), check_trace=False)

    def eager_loss(self, x, y, *parameters):
        if "sequence" in self.work["net"]:
            return F.cross_entropy(forward_sequence(self.work["net"]["sequence"], x, parameters).flatten(0, 1), y.flatten())
        return F.cross_entropy(forward(self.layers, self.activation, x, parameters), y)

    def convert(self, x, y):
        return (x.contiguous(memory_format=torch.channels_last) if self.way["layout"] == "channels last" else x), y

    def step(self, x, y):
        if self.way["gradient"] == "by hand":
            loss = self.measure_by_hand(x, y)
        else:
            loss = self.measure_by_autograd(x, y)
        norm = None
        if self.work["norm"]:
            if self.way["rule"] == "flat":
                norm = torch.linalg.vector_norm(self.gradient)
            else:
                norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm([p.grad for p in self.parameters])))
        with torch.no_grad():
            self.rule.step()
        return loss.item(), None if norm is None else norm.item()

    def measure_by_autograd(self, x, y):
        if self.way["rule"] == "flat":
            self.gradient.zero_()
        else:
            for parameter in self.parameters:
                parameter.grad = None
        loss = self.loss_of(x, y, *self.parameters)
        loss.backward()
        return loss.detach()

    @torch.no_grad()
    def measure_by_hand(self, x, y):
        values, weights, count = [x], [p.detach() for p in self.parameters], len(self.layers)
        for i in range(count):
            z = torch.addmm(weights[2 * i + 1], values[-1], weights[2 * i].t())
            if i < count - 1:
                z = z.tanh_() if self.activation == "tanh" else z.relu_()
            values.append(z)
        logs = torch.log_softmax(values[-1], 1)
        loss = F.nll_loss(logs, y)
        dz = logs.exp_()
        dz[torch.arange(len(y)), y] -= 1
        dz /= len(y)
        for i in reversed(range(count)):
            torch.mm(dz.t(), values[i], out=self.gradients[2 * i])
            torch.sum(dz, 0, out=self.gradients[2 * i + 1])
            if i > 0:
                dy = dz.mm(weights[2 * i])
                if self.activation == "tanh":
                    dz = torch.ops.aten.tanh_backward(dy, values[i])
                else:
                    dz = torch.ops.aten.threshold_backward(dy, values[i], 0)
        return loss


class Evaluation:
    def __init__(self, material, way):
        parameters, end = [], 0
        for shape in material.work["parameters"]:
            end += math.prod(shape)
            parameters.append(torch.from_numpy(material.weights[end - math.prod(shape) : end]).view(shape))
        layers, activation = material.layers, material.work["net"]["activation"]
        classify = lambda x: forward(layers, activation, x, parameters).argmax(1)
        inputs, labels = material.inputs["val"], material.labels["val"]
        if way["layout"] == "channels last":
            inputs = inputs.contiguous(memory_format=torch.channels_last)
        self.batches = list(zip(inputs.split(way["batch"]), labels.split(way["batch"])))
        if way["graph"] == "traced":
            with torch.no_grad():
                classify = torch.jit.trace(classify, (self.batches[0][0],), check_trace=False)
        self.classify = classify

    def once(self):
        with torch.no_grad():
            return {"correct": sum(int((self.classify(x) == y).sum()) for x, y in self.batches)}


class Host:
    def __init__(self, folder, gradients):
        self.folder = folder
        self.gradients = gradients

    def open(self):
        torch.set_num_threads(1)
        notes = [f"native, {torch.get_num_threads()} thread, {name_blas()}, the fastest of several ways"]
        return {"version": torch.__version__, "notes": notes}

    def load(self, work):
        self.material = Material(self.folder, work)
        self.work = self.material.work
        make = Evaluation if self.work["kind"] == "evaluate" else Training
        self.at = 0
        speeds = []
        for way in list_ways(self.work):
            if self.gradients and way.get("gradient") not in self.gradients:
                continue
            try:
                speeds.append((self.probe(make(self.material, way)), way))
            except RuntimeError as error:
                print(f"PyTorch cannot do {way}: {error}", file=sys.stderr)
        best = max(speeds, key=lambda pair: pair[0])[1]
        self.session = make(self.material, best)
        self.at = 0
        self.pool = {}
        return {"notes": [", ".join(f"batch {value}" if key == "batch" else str(value) for key, value in best.items())]}

    def probe(self, session):
        """Units per second, after a warm-up in which traced graphs settle."""
        if isinstance(session, Evaluation):
            session.once()
            begun = time.perf_counter()
            session.once()
            return 1 / (time.perf_counter() - begun)
        batch = session.convert(*self.material.batch(0))
        for _ in range(5):
            session.step(*batch)
        count, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < PROBE_SECONDS:
            session.step(*batch)
            count += 1
        return count / (time.perf_counter() - begun)

    def chunk(self):
        return max(1, min(100, PREPARED_INPUTS // (self.work["batch"] * math.prod(self.material.shape))))

    def prepare(self, count):
        return [self.session.convert(*self.material.batch(self.at + i)) for i in range(count)]

    def train(self, steps, ms):
        losses, norms, begun = [], [], time.perf_counter()
        while len(losses) < steps and (len(losses) < 20 or 1000 * (time.perf_counter() - begun) < ms):
            for batch in self.prepare(min(self.chunk(), steps - len(losses))):
                loss, norm = self.session.step(*batch)
                losses.append(loss)
                norms += [] if norm is None else [norm]
                self.at += 1
        return {"losses": losses, "norms": norms, "digest": None}

    def evaluate(self, ms):
        return self.session.once()

    def range_test(self, prepared):
        points, highest, lowest = self.work["points"], self.work["lr"], 1e-8
        smoothed, losses = 0.0, []
        for i, batch in enumerate(prepared):
            self.session.rule.lr = lowest * (highest / lowest) ** (i / (points - 1))
            loss, _ = self.session.step(*batch)
            smoothed = 0.98 * smoothed + 0.02 * loss
            losses.append(smoothed / (1 - 0.98 ** (i + 1)))
        logs = np.linspace(math.log10(lowest), math.log10(highest), points)
        return int(np.argmin(np.gradient(np.array(losses), logs)[10:-1]))

    def time(self, ms):
        count, elapsed = 0, 0.0
        kind = self.work["kind"]
        while 1000 * elapsed < ms:
            if kind == "train":
                left = math.ceil((ms / 1000 - elapsed) / (elapsed / count)) if count else 1
                prepared = self.prepare(max(1, min(self.chunk(), left)))
                begun = time.perf_counter()
                for batch in prepared:
                    self.session.step(*batch)
                count += len(prepared)
                self.at += len(prepared)
            else:
                if kind == "range":
                    way = self.session.way
                    self.session = Training(self.material, {**way, "graph": "eager"})
                    prepared = [self.session.convert(*self.material.batch(i)) for i in range(self.work["points"])]
                begun = time.perf_counter()
                self.range_test(prepared) if kind == "range" else self.session.once()
                count += 1
            elapsed += time.perf_counter() - begun
        units = {"samples/s": self.work["batch"], "images/s": self.material.facts["val"]}
        return {"count": count * units.get(self.work["unit"], 1), "seconds": elapsed}


def name_blas():
    """Which matrix products it has: several times as fast with OpenBLAS as with the reference BLAS of a bare Debian."""
    if torch.backends.mkl.is_available():
        return "MKL"
    torch.mm(torch.ones(2, 2), torch.ones(2, 2))
    try:
        with open("/proc/self/maps", encoding="utf-8") as file:
            names = file.read()
    except OSError:
        return "BLAS unknown"
    if "openblas" in names:
        return f"OpenBLAS {os.environ.get('OPENBLAS_CORETYPE', '')}".strip()
    return "slow reference BLAS (install libopenblas0 to see it at its best)"


def list_ways(work):
    is_sequence = "sequence" in work["net"]
    is_image = not is_sequence and work["net"]["layers"][0]["kind"] == "conv"
    layouts = ["channels first", "channels last"] if is_image else ["rows"]
    if work["kind"] == "evaluate":
        return [
            {"graph": graph, "layout": layout, "batch": batch}
            for graph in ("eager", "traced")
            for layout in layouts
            for batch in (256, 1000)
        ]
    ways = [
        {"gradient": "autograd", "graph": graph, "layout": layout, "rule": rule}
        for graph in (("eager",) if work["kind"] == "range" else ("eager", "traced"))
        for layout in layouts
        for rule in ("foreach", "flat")
    ]
    return ways if is_image or is_sequence else ways + [{"gradient": "by hand", "graph": "eager", "layout": "rows", "rule": "flat"}]


def serve(folder, gradients):
    host, out = Host(folder, gradients), sys.stdout
    sys.stdout = sys.stderr  # what a library prints is not an answer
    for line in sys.stdin:
        request = json.loads(line)
        call = request.pop("call")
        try:
            answer = {"result": getattr(host, call)(**request)}
        except Exception as error:  # every failure is an answer: the bench names it and goes on
            answer = {"error": f"{type(error).__name__}: {error}"}
        out.write(json.dumps(answer) + "\n")
        out.flush()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2:])
