#!/usr/bin/env node
/**
 * Makes deb and rpm packages for electron-builder, in the place of fpm: `CUSTOM_FPM_PATH` names it. Always used, so that what
 * is tested is what is released. Needs dpkg-deb or rpmbuild.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sourceDate } from './date.ts';
import { writeDeb } from './fpm/deb.ts';
import { writeRpm } from './fpm/rpm.ts';
import { layOut } from './fpm/tree.ts';
import { readOrder } from './fpm/words.ts';

const asked = readOrder(process.argv.slice(2));
const order = { ...asked, compression: process.env.TRUSTKEEP_PACKAGE_COMPRESSION || asked.compression };
// on the disk of the package, so that its files can be links
const work = await mkdtemp(join(dirname(order.to), '.package-'));
try {
  const folder = join(work, 'root');
  await layOut(order, folder);
  await (order.kind === 'deb' ? writeDeb : writeRpm)(order, folder, sourceDate());
} finally {
  await rm(work, { recursive: true, force: true });
}
