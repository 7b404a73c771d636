"""Takes steps by exported code for JAX and Keras, with NumPy in place of what they are made of.

Standard input: [{"framework", "code", "theta", "shape", "gradients"}, ...]; standard output: theta after each step, of each.
What is held to the core so are the formulas, schedules and clipping in the code, not the frameworks.
"""

import collections
import json
import sys
import types

import numpy as np


class Tree:
    def unflatten(self, leaves):
        return list(leaves)

    def flatten_up_to(self, tree):
        return tree


def global_norm(tree):
    return np.sqrt(sum(np.square(part).sum() for part in tree))


class Variable(np.ndarray):
    def assign(self, value):
        self[...] = value


jax = types.ModuleType("jax")
jax.jit = lambda function: function
jax.numpy = np
jax.tree_util = types.SimpleNamespace(
    tree_leaves=list,
    tree_flatten=lambda tree: (list(tree), Tree()),
    tree_map=lambda function, tree: [function(part) for part in tree],
)
optax = types.ModuleType("optax")
optax.GradientTransformationExtraArgs = collections.namedtuple("Rule", "init update")
optax.global_norm = global_norm
optax.apply_updates = lambda params, moves: [np.float32(p + move) for p, move in zip(params, moves)]
tensorflow = types.ModuleType("tensorflow")
tensorflow.Variable = lambda value: np.array(value, np.float32).view(Variable)
tensorflow.fill = lambda shape, value: np.full(shape, value, np.float32)
tensorflow.identity = np.array
tensorflow.reduce_sum = np.sum
for name in ("sqrt", "sign", "square"):
    setattr(tensorflow, name, getattr(np, name))
sys.modules.update({"jax": jax, "jax.numpy": np, "optax": optax, "tensorflow": tensorflow})

# What the heading at the end of the code says, as a loop over given gradients.
LOOPS = {
    "optax": """
def run(theta, all_gradients):
    params, seen = [theta], []
    state = RULE.init(params)
    norms = Norms() if "Norms" in globals() else None
    for step, g in enumerate(all_gradients):
        gradients = [g]
        norm = float(optax.global_norm(gradients))
        CALLS
        seen.append(params[0].ravel().tolist())
    return seen
""",
    "keras": """
def run(theta, all_gradients):
    rule, seen = Rule([tf.Variable(theta)]), []
    norms = Norms() if "Norms" in globals() else None
    for step, g in enumerate(all_gradients):
        gradients = [g]
        norm = norm_of(gradients)
        CALLS
        seen.append(np.asarray(rule.variables[0]).ravel().tolist())
    return seen
""",
}


def calls_of(code):
    """The lines of the last comment that are code, behind the one that says norm."""
    told = [line[1:] for line in code.rstrip().split("\n") if line.startswith("#")]
    begin = next(i for i, line in enumerate(told) if "# to be logged" in line)
    return [line.strip() for line in told[begin + 1 :]]


answers = []
for work in json.load(sys.stdin):
    calls = "\n        ".join(calls_of(work["code"]))
    scope = {"np": np}
    exec(work["code"] + LOOPS[work["framework"]].replace("CALLS", calls), scope)
    theta = np.array(work["theta"], np.float32).reshape(work["shape"])
    gradients = [np.array(g, np.float32).reshape(work["shape"]) for g in work["gradients"]]
    answers.append(scope["run"](theta, gradients))
json.dump(answers, sys.stdout)
