/* Trains a small network on a spiral and prints the loss, what became of the run, and its digest.
 *
 *     cc train.c $(pkg-config --cflags --libs --static trainscope) -o train && ./train lr=0.1
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <trainscope/trainer.h>

static void check(tscope_status status, const tscope_problem *problem) {
  if (status == TSCOPE_OK) return;
  fprintf(stderr, "%s\n", problem->message);
  exit(2);
}

int main(int argc, char **argv) {
  tscope_problem problem;
  tscope_config config = tscope_config_default();
  for (int i = 1; i < argc; i++) { /* every argument is a setting: name=value */
    char *value = strchr(argv[i], '=');
    if (!value) return 2;
    *value++ = 0;
    check(tscope_config_set(&config, argv[i], value, &problem), &problem);
  }
  check(tscope_config_validate(&config, &problem), &problem);

  size_t bytes;
  tscope_dataset data;
  check(tscope_dataset_generate_size(&config, &bytes, &problem), &problem);
  void *samples = aligned_alloc(16, (bytes + 15) / 16 * 16);
  check(tscope_dataset_generate(&config, samples, bytes, &data, &problem), &problem);

  tscope_run_size size; /* the run lives in one block of ours */
  check(tscope_trainer_size(&config, &data, &size, &problem), &problem);
  bytes = (size_t)size.state + (size_t)size.scratch;
  void *block = aligned_alloc(16, (bytes + 15) / 16 * 16);
  tscope_trainer *trainer;
  check(tscope_trainer_init(&config, &data, block, bytes, &trainer, &problem), &problem);

  tscope_metrics row;
  for (int events = 0; !(events & (TSCOPE_EVENT_complete | TSCOPE_EVENT_diverged));) {
    events = tscope_trainer_advance(trainer, &row);
    if (events & TSCOPE_EVENT_step && row.step % 100 == 0) printf("%5d %g\n", row.step, row.loss);
  }
  tscope_summary summary;
  char digest[65];
  tscope_trainer_summarize(trainer, &summary);
  tscope_trainer_digest(trainer, digest);
  printf("%d steps, %d episodes of instability\n%s\n", summary.steps, summary.episode_count, digest);
  free(block);
  free(samples);
}
