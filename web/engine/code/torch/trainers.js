/** The steps of PyTorch's code in the hands of those who own the loop: Lightning, and Hugging Face's Trainer. */

import { TrainerError } from '../../core/errors.js';
import * as python from '../python.js';
import { indent, joinParts, lines } from '../text.js';
import { torchParts } from './torch.js';

/** @typedef {import('../python.js').Steps} Steps */

/** The threshold in force, as the two ask for it. @param {Steps} steps */
function limitOf({ config }) {
  return config.clip === 'adaptive' ? 'self.norms.threshold(step)' : 'threshold(step)';
}

/** Optimizer, schedule and clipping for a LightningModule. @param {Steps} steps */
export function lightningSteps(steps) {
  const { config } = steps;
  const clipsGradient = config.clip === 'norm' || config.clip === 'adaptive';
  const clipsUpdate = config.clip === 'update';
  return joinParts([
    ...torchParts(steps, ['import lightning']),
    `class Steps(lightning.LightningModule):
    """What a module inherits that is to be trained so; the Trainer is given neither clipping nor a scheduler."""

${indent(
  lines(
    config.clip === 'adaptive' && 'def __init__(self):\n    super().__init__()\n    self.norms = Norms()\n',
    'def configure_optimizers(self):\n    return make_optimizer(self)\n',
    'def on_before_optimizer_step(self, optimizer):',
    '    step = self.trainer.global_step',
    '    norm = gradient_norm(self)',
    '    self.log("grad_norm", norm)',
    config.clip === 'adaptive' && '    self.norms.add(norm)',
    '    set_step(optimizer, step)',
    clipsGradient && `    clip(self, norm, ${limitOf(steps)})`,
    clipsUpdate &&
      lines(
        '    self.before = [p.detach().clone() for p in self.parameters()]\n',
        'def on_train_batch_end(self, outputs, batch, batch_idx):',
        '    step = self.trainer.global_step - 1',
        '    moves = [p.detach() - old for p, old in zip(self.parameters(), self.before)]',
        '    length = math.sqrt(sum(move.double().square().sum() for move in moves).item())',
        '    scale = min(1.0, threshold(step) / length) if length > 0 else 1.0',
        '    with torch.no_grad():',
        '        for p, old, move in zip(self.parameters(), self.before, moves):',
        '            p.copy_(old + scale * move)',
      ),
  ),
)}`,
    python.heading(
      'In the program:',
      '\n    trainer = lightning.Trainer(max_steps=WARMUP_STEPS + STEPS, gradient_clip_val=None)',
    ),
  ]);
}

/** The same as a callback of Hugging Face's Trainer. @param {Steps} steps */
export function huggingFaceSteps(steps) {
  const { config } = steps;
  if (config.clip === 'update') {
    const sentence = 'clip update cannot be exported to Hugging Face: its Trainer has no place behind a step for it.';
    throw new TrainerError('setting', 'clip', sentence);
  }
  return joinParts([
    ...torchParts(steps, ['import transformers']),
    `class Steps(transformers.TrainerCallback):
    """Sets the rate, logs the unclipped norm and clips, before each step of the optimizer."""

${indent(
  lines(
    config.clip === 'adaptive' && 'def __init__(self):\n    self.norms = Norms()\n',
    'def on_pre_optimizer_step(self, args, state, control, model=None, optimizer=None, **kwargs):',
    '    step = state.global_step',
    '    norm = gradient_norm(model)',
    '    state.log_history.append({"step": step, "unclipped_norm": norm})',
    config.clip === 'adaptive' && '    self.norms.add(norm)',
    '    set_step(optimizer, step)',
    config.clip !== 'off' && `    clip(model, norm, ${limitOf(steps)})`,
  ),
)}`,
    python.heading(
      'In the program; max_grad_norm=0 leaves clipping, and the scheduler that leaves the rate alone the rate, to Steps:',
      `
    optimizer = make_optimizer(model)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)
    arguments = transformers.TrainingArguments(..., max_steps=WARMUP_STEPS + STEPS, max_grad_norm=0)
    trainer = transformers.Trainer(
        model, arguments, ..., optimizers=(optimizer, scheduler), callbacks=[Steps()]
    )`,
    ),
  ]);
}
