import { dirname } from 'node:path';
import type { Bundle } from '../bundle.ts';
import { makeChance } from '../random.ts';
import { lookAtAll, pairBelongs, wouldStart, wrongAfter } from './checks.ts';
import { Drive, pause, sentenceOf } from './drive.ts';
import { inRounds, type Rounds } from './in-rounds.ts';
import { arm, type Moment, saysMoment } from './moment.ts';
import { makeRound, type Round, saysRound, UsualTimes } from './round.ts';
import { readStored } from './stored.ts';
import { count, type Tally } from './tally.ts';
import { makeWorld, scratchOf, type World } from './world.ts';

/**
 * Kills the agent at random moments in `rounds` rounds, in one world below `directory`, which is made again after a
 * finding; its state is then kept below `keepIn`.
 */
export function killRounds(built: Bundle, asked: Rounds): Promise<Tally> {
  const chance = makeChance(asked.seed);
  const usual = new UsualTimes();
  const make = async () => ({ world: await makeWorld(built, asked.directory) });
  return inRounds(asked, make, async ({ world }, tally) => {
    const round = makeRound(chance, world, usual);
    const wrong = await oneRound(world, round, usual, tally);
    return { wrong, saidOf: `${saysRound(round)}; killed ${round.kills.map(saysMoment).join(', ')}` };
  });
}

/** Gives what is wrong. */
async function oneRound(world: World, round: Round, usual: UsualTimes, tally: Tally): Promise<string[]> {
  const drive = new Drive(world, round);
  const wrong: string[] = [];
  try {
    const before = await lookAtAll(world);
    world.servers.setReload(round.reload);
    let drivenMs = 0;
    for (const moment of round.kills) {
      drivenMs += await untilKilled(world, round, moment, drive, usual);
      wrong.push(...(await lookAtKilled(world, round, drive, tally)));
    }
    drivenMs += await toTheEnd(world, drive, usual);
    usual.took(round, drivenMs);
    world.servers.setReload('works');
    if (drive.task?.state.startsWith('succeeded')) world.managed.add(round.target.endpoint);
    count(
      tally,
      `ended ${drive.task?.state}${drive.task?.state === 'failed' ? `, restored: ${drive.task.restored}` : ''}`,
    );
    wrong.push(...(await wrongAfter(world, round, drive, before)));
  } catch (error) {
    wrong.push(sentenceOf(error));
  }
  return wrong;
}

/** Gives for how long the task was driven, in milliseconds. */
async function untilKilled(
  world: World,
  { target }: Round,
  moment: Moment,
  drive: Drive,
  usual: UsualTimes,
): Promise<number> {
  const { agent } = world;
  if (!agent.isAlive) {
    const started = performance.now();
    agent.spawn();
    if (moment.after === 'start') {
      await pause(moment.ms);
      await agent.end('SIGKILL');
      return 0;
    }
    if (!(await agent.ready())) throw new Error(`the agent did not start; see ${agent.logPath}`);
    usual.startMs = Math.round(0.8 * usual.startMs + 0.2 * (performance.now() - started));
  }
  const begun = performance.now();
  const armed = arm(moment, { data: agent.dataDirectory, files: dirname(target.certificate) });
  const going = drive.go().catch((error: unknown) => error);
  // a moment that does not come while the task is there comes at its end
  const first = await Promise.race([going, armed.due]);
  armed.disarm();
  if (first === 'gone') throw new Error(`the agent ended by itself; see ${agent.logPath}`);
  await agent.end('SIGKILL');
  const went = await going;
  if (went instanceof Error) throw went;
  return performance.now() - begun;
}

async function lookAtKilled(world: World, { target }: Round, drive: Drive, tally: Tally): Promise<string[]> {
  const belongs = pairBelongs(target);
  const starts = await wouldStart(world.servers);
  const stored = readStored(world.agent.dataDirectory, scratchOf(world), drive.taskId);
  count(tally, 'kills');
  count(tally, `killed at: ${drive.taskId === null ? 'no task yet' : stored.at}`);
  if (!belongs) count(tally, 'kills with key and certificate on the disk of two pairs');
  if (!starts) count(tally, 'kills after which nginx would not have started');
  return stored.wrong;
}

async function toTheEnd(world: World, drive: Drive, usual: UsualTimes): Promise<number> {
  const { agent } = world;
  const started = performance.now();
  await agent.start();
  usual.startMs = Math.round(0.8 * usual.startMs + 0.2 * (performance.now() - started));
  const begun = performance.now();
  if ((await drive.go()) === 'gone') throw new Error(`the agent ended by itself; see ${agent.logPath}`);
  return performance.now() - begun;
}
