/** Weights of an attention block in PyTorch's own module, and back: the same outputs. Where python3-torch is installed. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSafetensors, writeSafetensors } from '../../web/engine/run/safetensors.js';
import { fitWeights } from '../../web/engine/run/start_weights.js';
import { createEngine } from '../../web/platform/node/index.js';

const PYTHON = '/usr/bin/python3';
const HAS_TORCH = existsSync('/usr/lib/python3/dist-packages/torch');
const WITH_TORCH = { skip: HAS_TORCH ? false : 'skipped: no python3-torch' };

/** Loads our file into nn.MultiheadAttention, says what it makes of the inputs, and writes PyTorch's names back. */
const PROGRAM = `
import json, struct, sys
import numpy, torch
folder, heads = sys.argv[1], int(sys.argv[2])
raw = open(folder + "/ours.safetensors", "rb").read()
size = struct.unpack("<Q", raw[:8])[0]
header = json.loads(raw[8 : 8 + size])
tensors = {}
for name, entry in header.items():
    if name == "__metadata__": continue
    begin, end = entry["data_offsets"]
    values = numpy.frombuffer(raw[8 + size + begin : 8 + size + end], "<f4").reshape(entry["shape"])
    tensors[name] = torch.tensor(values)
block = {name[len("0.attention."):]: tensor for name, tensor in tensors.items() if name.startswith("0.attention.")}
width = block["out_proj.bias"].numel()
module = torch.nn.MultiheadAttention(width, heads, batch_first=True)
module.load_state_dict({name.replace("in_proj.", "in_proj_"): tensor for name, tensor in block.items()}, strict=True)
x = torch.tensor(json.load(open(folder + "/inputs.json")))
with torch.no_grad():
    mixed, _ = module(x, x, x, need_weights=False)
    y = torch.nn.functional.linear(mixed.mean(1), tensors["out.weight"], tensors["out.bias"]).softmax(-1)
parts, at, body = {}, 0, b""
for name, tensor in [*(("0.attention." + n, t) for n, t in module.state_dict().items()), *((n, tensors[n]) for n in ("out.weight", "out.bias"))]:
    data = tensor.numpy().astype("<f4").tobytes()
    parts[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, at + len(data)]}
    at, body = at + len(data), body + data
text = json.dumps(parts).encode()
open(folder + "/theirs.safetensors", "wb").write(struct.pack("<Q", len(text)) + text + body)
print(json.dumps(y.tolist()))
`;

test('nn.MultiheadAttention takes our weights and makes the same of them; we take its names', WITH_TORCH, async () => {
  const engine = await createEngine();
  const shape = [7, 6];
  const images = Float32Array.from({ length: 5 * 42 }, (_, i) => Math.fround(Math.sin(i * i)));
  const dataset = engine.createDataset({ images, shape, labels: Uint8Array.of(0, 1, 2, 0, 1), classes: 3 });
  const trainer = engine.createTrainer({ model: 'attention(3) mean', batch: 0, lr: 0.1, steps: 4 }, dataset);
  trainer.step(4);
  const folder = mkdtempSync(join(tmpdir(), 'torch-'));
  try {
    writeFileSync(join(folder, 'ours.safetensors'), writeSafetensors(trainer.tensors()));
    const inputs = Array.from({ length: 5 }, (_, s) =>
      Array.from({ length: 7 }, (_, t) => [...images.slice(s * 42 + t * 6, s * 42 + t * 6 + 6)]),
    );
    writeFileSync(join(folder, 'inputs.json'), JSON.stringify(inputs));
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', PROGRAM, folder, '3'], { encoding: 'utf8' });
    assert.ok(stdout, stderr);
    const theirs = JSON.parse(stdout).flat();
    const ours = trainer.predict('train', [0, 1, 2, 3, 4]);
    for (const [i, value] of theirs.entries()) assert.ok(Math.abs(value - ours[i]) < 1e-6, `${value} ${ours[i]}`);

    const file = readSafetensors(readFileSync(join(folder, 'theirs.safetensors')), 'theirs.safetensors');
    const fitted = fitWeights({ own: trainer.tensors(), inputShape: trainer.inputShape }, file, 'theirs.safetensors');
    const digest = trainer.digest();
    trainer.setParameters(trainer.parameters.map(({ data }) => ({ data: data.map(() => 0) })));
    trainer.setTensors(fitted.tensors);
    assert.equal(trainer.digest(), digest);
  } finally {
    rmSync(folder, { recursive: true });
    trainer.dispose();
    dataset.dispose();
  }
});
