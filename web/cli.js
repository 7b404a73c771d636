#!/usr/bin/env node
/**
 * The program `trainscope`. It only starts the command line, and says so where there is nothing to start yet: the
 * tables it works by are made by the build.
 */

import { existsSync } from 'node:fs';
import { startThreadsEarly } from './cli/study/threads_ahead.js';
import { keepYoungSpaceSmall } from './cli/young_space.js';

keepYoungSpaceSmall();

if (existsSync(new URL('./generated/schema.js', import.meta.url))) {
  const words = process.argv.slice(2);
  startThreadsEarly(words);
  const { runCommandLine } = await import('./cli/main.js');
  process.exitCode = await runCommandLine(words);
} else {
  process.stderr.write('trainscope: Trainscope is not built yet: run ./build.sh build\n');
  process.exitCode = 1;
}
