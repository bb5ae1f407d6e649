import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asFailure, type Failure } from '#shared/failure.ts';
import type { Task } from '#shared/model/task.ts';
import { type LoopDisk, makeLoopDisk } from '../../servers/loop-disk.ts';
import type { Bundle } from '../bundle.ts';
import { lookAtAll, wrongAfter } from '../kill/checks.ts';
import { Drive, pause, sentenceOf } from '../kill/drive.ts';
import { inRounds, type Rounds } from '../kill/in-rounds.ts';
import { arm, saysMoment } from '../kill/moment.ts';
import { makeRound, type Round, saysRound, UsualTimes } from '../kill/round.ts';
import { count, type Tally } from '../kill/tally.ts';
import { makeWorld, type World } from '../kill/world.ts';
import { makeChance } from '../random.ts';
import { bring, makeTrouble, saysTrouble, type Trouble } from './trouble.ts';

/** How long a task may take to continue once the disk is back: the agent tries again after a minute. */
const patienceMs = 100_000;

/**
 * Does to the disks of an agent and of its targets what happens to disks, at random moments of a task, in a world that is
 * made again after a finding. Needs root.
 */
export function diskRounds(built: Bundle, asked: Rounds): Promise<Tally> {
  const chance = makeChance(asked.seed);
  const usual = new UsualTimes();
  return inRounds(
    asked,
    () => makePlace(built, asked.directory),
    async (place, tally) => {
      const made = makeRound(chance, place.world, usual);
      const round: Round = { ...made, reload: 'works', person: 'approves', changesPolicy: false };
      const trouble = makeTrouble(chance);
      const wrong = await oneRound(place, round, trouble, tally);
      const [moment] = round.kills;
      const when = moment === undefined ? '' : saysMoment(moment);
      return { wrong, saidOf: `${saysTrouble(trouble)}, ${when}, ${saysRound(round)}` };
    },
  );
}

interface Place {
  world: World;
  disks: Record<Trouble['disk'], LoopDisk>;
}

async function makePlace(built: Bundle, directory: string): Promise<Place> {
  mkdirSync(directory, { recursive: true });
  const target = await makeLoopDisk(join(directory, 'nginx/tls'), `${directory}.target`, 8);
  const data = await makeLoopDisk(join(directory, 'data'), `${directory}.data`, 64);
  const release = async (): Promise<void> => {
    await Promise.all([target.remove(), data.remove()]);
  };
  return { world: await makeWorld(built, directory, release), disks: { data, target } };
}

/** Gives what is wrong. */
async function oneRound(place: Place, round: Round, trouble: Trouble, tally: Tally): Promise<string[]> {
  const { world } = place;
  const drive = new Drive(world, round);
  const said = new Map<string, Failure>();
  const wrong: string[] = [];
  try {
    const before = await lookAtAll(world);
    await inTrouble(place, { round, trouble, drive, said, wrong });
    noteEnd(tally, trouble, drive, said);
    if (drive.task?.state.startsWith('succeeded')) world.managed.add(round.target.endpoint);
    if (await cleansUp(world, round, wrong))
      count(tally, `${trouble.disk} disk ${trouble.what}: what could not be removed was removed later`);
    const found = await wrongAfter(world, round, drive, before, wrongEnd);
    wrong.push(...wrongSaid(drive.task, said), ...found);
  } catch (error) {
    wrong.push(sentenceOf(error));
  }
  return wrong;
}

/** What could not be removed at the end of the task is removed when the disk is back. True: something was left until then. */
async function cleansUp({ agent }: World, { target }: Round, wrong: string[]): Promise<boolean> {
  const end = performance.now() + patienceMs;
  let left = false;
  for (;;) {
    const shown = await agent.call((client) => client.endpoints.show({ endpoint: target.endpoint }));
    if (shown === null || shown.toCleanUp === null) return left;
    left = true;
    if (performance.now() > end) {
      wrong.push(`it is not cleaned up: ${shown.toCleanUp}`);
      return left;
    }
    await pause(500);
  }
}

interface Under {
  round: Round;
  trouble: Trouble;
  drive: Drive;
  said: Map<string, Failure>;
  wrong: string[];
}

/** From the request until the task has ended, with the trouble between. */
async function inTrouble({ world, disks }: Place, under: Under): Promise<void> {
  const { round, trouble, drive, said, wrong } = under;
  const { agent } = world;
  let end = Number.POSITIVE_INFINITY;
  const going = driveThrough(drive, said, () => performance.now() > end);
  going.catch(() => {}); // heard below
  const [moment] = round.kills;
  if (moment !== undefined) {
    const armed = arm(moment, { data: agent.dataDirectory, files: dirname(round.target.certificate) });
    await Promise.race([going, armed.due]);
    armed.disarm();
  }
  try {
    const { over } = await bring(trouble, disks[trouble.disk]);
    await pause(trouble.ms);
    if (!agent.isAlive) wrong.push(`the agent ended by itself; see ${agent.logPath}`);
    await over(() => agent.end('SIGKILL'));
    if (!agent.isAlive) await agent.start();
    end = performance.now() + patienceMs;
    await going;
  } finally {
    end = 0; // what failed above leaves no one who drives on
  }
}

/** Drives through refusals, which are noted, and through the ends of the agent, until it is `enough`. */
async function driveThrough(drive: Drive, said: Map<string, Failure>, enough: () => boolean): Promise<void> {
  for (;;) {
    try {
      if ((await drive.go()) === 'ended') return;
    } catch (thrown) {
      const failure = asFailure(thrown);
      said.set(failure.code, failure);
    }
    if (enough()) throw new Error(`the task ${drive.taskId} does not end: ${[...said.values()].join('; ')}`);
    await pause(200);
  }
}

function noteEnd(tally: Tally, { what, disk }: Trouble, { task }: Drive, said: Map<string, Failure>): void {
  const restored = task?.restored === null ? '' : `, restored: ${task?.restored}`;
  count(tally, `${disk} disk ${what}: ${task?.state}${restored}`);
  const codes = [...said.keys(), ...(task?.steps ?? []).flatMap(({ failure }) => failure?.code ?? [])];
  for (const code of new Set(codes)) count(tally, `${disk} disk ${what}: said ${code}`);
}

/** Whoever hears it must know what to do: nothing of this is a fault of the program. */
function wrongSaid(task: Task | null, said: Map<string, Failure>): string[] {
  const told = [
    ...[...said.values()].map((failure) => failure.toData()),
    ...(task?.steps ?? []).flatMap(({ failure }) => failure ?? []),
  ];
  return told
    .filter(({ code }) => code === 'internal')
    .map(({ sentence }) => `it says only that it failed: ${sentence}`);
}

/** A change that was begun is through, or undone; what is told otherwise is counted. */
function wrongEnd(_round: Round, { state, restored, failure }: Task): string[] {
  const right = state.startsWith('succeeded') || (state === 'failed' && restored !== null);
  return right ? [] : [`the task ended ${state}: ${failure?.sentence}`];
}
