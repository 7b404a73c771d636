/** Muon in PyTorch: the weights of hidden layers move as whole matrices, all else by AdamW. */

/** @param {import('../python.js').Steps} steps */
export function muonClass({ rule }) {
  return `def orthogonal(g):
    """g as a matrix with all singular values near 1, by five Newton-Schulz steps in float32."""
    x = g.flatten(1)
    is_tall = x.shape[0] > x.shape[1]
    x = (x.T if is_tall else x) / (x.norm() + 1e-7)
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (2.0315 * a @ a - 4.775 * a) @ x
    return (x.T if is_tall else x).reshape(g.shape)


class Muon(torch.optim.Optimizer):
    """${rule.note}"""

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            group["t"] = t = group.get("t", 0) + 1
            move = self.move_matrix if group["is_matrix"] else self.move_by_adamw
            for theta in group["params"]:
                if theta.grad is not None:
                    move(theta, theta.grad, self.state[theta], group, t)

    def move_matrix(self, theta, g, state, group, t):
        momentum = group["momentum"]
        state["m"] = m = momentum * state.get("m", 0) + (1 - momentum) * g
        stretch = math.sqrt(max(1, theta.shape[0] / theta.shape[1])) if theta.ndim == 2 else 1
        theta.mul_(1 - group["lr"] * group["weight_decay"])
        theta.sub_(orthogonal((1 - momentum) * g + momentum * m), alpha=group["lr"] * stretch)

    def move_by_adamw(self, theta, g, state, group, t):
        lr, (beta1, beta2) = group["lr"] * group["adamw_ratio"], group["betas"]
        state["m"] = m = beta1 * state.get("m", 0) + (1 - beta1) * g
        state["v"] = v = beta2 * state.get("v", 0) + (1 - beta2) * g * g
        correction = math.sqrt(1 - beta2**t) / (1 - beta1**t)
        theta.mul_(1 - lr * group["weight_decay"])
        theta.sub_(m / (torch.sqrt(v) + group["epsilon"]), alpha=lr * correction)`;
}

/** @param {import('../python.js').Steps} steps */
export function makeMuon({ config }) {
  const decay = config.weight_decay > 0 ? 'WEIGHT_DECAY' : '0';
  return `def make_optimizer(model):
    """Muon for the weights of all layers but the last, and of embeddings; weight decay on weights only."""
    *_, last = (part for part in model.modules() if isinstance(part, torch.nn.Linear))
    apart = {last.weight, *(part.weight for part in model.modules() if isinstance(part, torch.nn.Embedding))}
    matrices = [p for p in model.parameters() if p.ndim > 1 and p not in apart]
    others = [p for p in model.parameters() if p.ndim <= 1]
    defaults = dict(lr=LR, momentum=MOMENTUM, betas=(BETA1, BETA2), epsilon=EPSILON, adamw_ratio=ADAMW_RATIO)
    groups = [
        {"params": matrices, "is_matrix": True, "weight_decay": ${decay}},
        {"params": [p for p in model.parameters() if p in apart], "is_matrix": False, "weight_decay": ${decay}},
        {"params": others, "is_matrix": False, "weight_decay": 0},
    ]
    return Muon([group for group in groups if group["params"]], defaults)`;
}
