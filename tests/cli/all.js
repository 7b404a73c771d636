import { importTests } from '../together.js';

await importTests(import.meta.url);
