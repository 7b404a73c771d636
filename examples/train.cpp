// The same from C++: trains on a spiral, raises the rate in mid-run, and prints the digest.
#include <trainscope/trainer.h>
#include <trainscope/version.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

struct Free {
  void operator()(void *block) const { std::free(block); }
};
using Block = std::unique_ptr<void, Free>;

Block allocate(std::size_t bytes) { return Block(std::aligned_alloc(16, (bytes + 15) / 16 * 16)); }

// Calls a function of the library, whose last argument is where it says what is wrong.
template <class Function, class... Arguments>
void call(Function function, Arguments... arguments) {
  tscope_problem problem;
  if (function(arguments..., &problem) != TSCOPE_OK) throw std::runtime_error(problem.message);
}

}  // namespace

int main() try {
  tscope_config config = tscope_config_default();
  call(tscope_config_set, &config, "optimizer", "adam");
  call(tscope_config_set, &config, "lr", "0.01");
  call(tscope_config_set, &config, "steps", "200");
  call(tscope_config_validate, &config);

  std::size_t bytes;
  tscope_dataset data;
  call(tscope_dataset_generate_size, &config, &bytes);
  const Block samples = allocate(bytes);
  call(tscope_dataset_generate, &config, samples.get(), bytes, &data);

  tscope_run_size size;
  call(tscope_trainer_size, &config, &data, &size);
  bytes = std::size_t(size.state) + std::size_t(size.scratch);
  const Block block = allocate(bytes);
  tscope_trainer *trainer;
  call(tscope_trainer_init, &config, &data, block.get(), bytes, &trainer);

  tscope_metrics row{};
  for (int events = 0; !(events & (TSCOPE_EVENT_complete | TSCOPE_EVENT_diverged));) {
    events = tscope_trainer_advance(trainer, &row);
    if (row.step == 99) call(tscope_trainer_set_named, trainer, "lr", "0.02");
  }
  char digest[65];
  tscope_trainer_digest(trainer, digest);
  std::cout << "trainscope " TSCOPE_VERSION ", loss " << row.loss << "\n" << digest << "\n";
} catch (const std::exception &error) {
  std::cerr << error.what() << "\n";
  return 2;
}
