#!/usr/bin/env node
import { version } from '#kit/version.ts';

// What scripts ask first, to see whether the program is there, is answered without the program.
const [first, ...more] = process.argv.slice(2);
if ((first === '--version' || first === 'version') && more.length === 0)
  process.stdout.write(`trustkeep ${version}\n`);
else await import('./cli.ts');
