/**
 * Long campaigns, which the suite has no time for: `npm run campaign NAME [-- --rounds N --seed S]`. Prints seed, rounds and
 * findings, writes the figures into docs/reliability.md, and ends with 1 when something was found.
 */
import { parseArgs } from 'node:util';
import { apache } from './campaign/apache.ts';
import type { Campaign } from './campaign/campaign.ts';
import { disk } from './campaign/disk.ts';
import { fuzz } from './campaign/fuzz.ts';
import { kill } from './campaign/kill.ts';
import { writeSection } from './campaign/page.ts';
import { restore } from './campaign/restore.ts';
import { rotation } from './campaign/rotation.ts';
import { xml } from './campaign/xml.ts';

const campaigns: Record<string, Campaign> = { apache, disk, fuzz, kill, restore, rotation, xml };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, seed: { type: 'string' } },
});
const [name = ''] = positionals;
const campaign = campaigns[name];
if (campaign === undefined)
  throw new Error(`Give the name of a campaign: ${Object.keys(campaigns).join(', ')}.`);
const rounds = whole('rounds', values.rounds, campaign.rounds);
const seed = whole('seed', values.seed, Date.now() % 1_000_000);

process.stdout.write(`${name}: ${rounds} rounds, seed ${seed}\n`);
const started = performance.now();
const outcome = await campaign.run(rounds, seed);
const seconds = (performance.now() - started) / 1000;
for (const [what, figure] of outcome.figures) process.stdout.write(`  ${what}: ${figure}\n`);
for (const finding of outcome.findings) process.stdout.write(`  FOUND ${finding}\n`);
writeSection({ name, campaign, rounds, seed, seconds, outcome });
process.exitCode = outcome.findings.length === 0 ? 0 : 1;

function whole(option: string, text: string | undefined, usual: number): number {
  const value = text === undefined ? usual : Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${option} is a whole number from 1 on, not "${text}".`);
  return value;
}
