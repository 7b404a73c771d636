/** What a run is made of, for other programs that are to train the same. */
#include "train/run.h"

/** Takes one sample out of its lane: from [y][x][channel][8] to [channel][y][x]. */
static void read_lane(const tscope_sampler *sampler, const float *lane, float *to) {
  const int channels = sampler->dataset->channels, pixels = sampler->height * sampler->width;
  for (int p = 0; p < pixels; p++) {
    for (int c = 0; c < channels; c++, lane += TSCOPE_LANES) to[c * pixels + p] = *lane;
  }
}

void tscope_trainer_read_samples(tscope_trainer *trainer, int split, int first, int count,
                                 float *inputs, float *targets) {
  const tscope_sampler *sampler = &trainer->sampler;
  const tscope_dataset *dataset = sampler->dataset;
  const size_t elements =
      (size_t)dataset->channels * (size_t)sampler->height * (size_t)sampler->width;
  trainer->chunk_first = 0;
  for (int done = 0; done < count; done += TSCOPE_CHUNK_ROWS) {
    const int rows = count - done < TSCOPE_CHUNK_ROWS ? count - done : TSCOPE_CHUNK_ROWS;
    float *chunk = dataset->classes ? trainer->targets : targets;
    const tscope_samples samples = {split, NULL, first + done, rows};
    tscope_sampler_make(sampler, &samples);
    tscope_sampler_fill(sampler, &samples, trainer->inputs, trainer->labels, chunk, TSCOPE_WHOLE);
    for (int row = 0; row < rows; row++, inputs += elements) {
      const float *block = trainer->inputs + (size_t)(row / TSCOPE_LANES) * elements * TSCOPE_LANES;
      read_lane(sampler, block + row % TSCOPE_LANES, inputs);
      if (dataset->classes) *targets++ = (float)trainer->labels[row];
    }
    if (!dataset->classes) targets += (size_t)rows * (size_t)dataset->outputs;
  }
}

void tscope_trainer_read_order(tscope_trainer *trainer, int epoch, int place, int count,
                               int32_t *indices) {
  tscope_sampler_draw(&trainer->sampler, epoch, place, count, indices);
}
