import type { Chance } from '../random.ts';
import type { Moment } from './moment.ts';
import type { Reload, Target } from './servers.ts';
import { type AuthorityName, authorities, type World } from './world.ts';

/** What is done in one round. */
export interface Round {
  target: Target;
  authority: AuthorityName;
  keyPlace: 'endpoint' | 'agent';
  reason: 'request' | 'renew';
  /** What a person does with the plan, where a person is asked. */
  person: 'approves' | 'rejects' | 'cancels';
  /** The policy of the endpoint is changed first. */
  changesPolicy: boolean;
  reload: Reload;
  /** Values are stored meanwhile. */
  storesMeanwhile: boolean;
  kills: Moment[];
}

/** How long such a round takes when nothing happens, in milliseconds: times of kills are spread over it. */
export class UsualTimes {
  readonly #taken = new Map<string, number>();
  startMs = 600;

  of(round: Omit<Round, 'kills'>): number {
    return this.#taken.get(kindOf(round)) ?? 1500;
  }

  /** The slower ones count, so that the end of a task is killed as well as its beginning. */
  took(round: Round, ms: number): void {
    const before = this.#taken.get(kindOf(round)) ?? ms;
    this.#taken.set(kindOf(round), ms > before ? ms : 0.9 * before + 0.1 * ms);
  }
}

function kindOf({ target, authority, reload, person }: Omit<Round, 'kills'>): string {
  const undone = reload === 'works' ? '' : ' undone';
  return `${target.endpoint} ${authority === 'local' ? 'local' : 'acme'}${undone} ${person}`;
}

export function makeRound(chance: Chance, world: World, usual: UsualTimes): Round {
  const target = chance.pick(world.servers.targets);
  const changesPolicy = chance.int(10) === 0;
  const automatic = world.automatic.has(target.endpoint) !== changesPolicy;
  const round = {
    ...{ target, changesPolicy, authority: chance.pick(authorities) },
    keyPlace: chance.pick(['endpoint', 'endpoint', 'agent'] as const),
    reason: world.managed.has(target.endpoint) && chance.int(3) === 0 ? 'renew' : 'request',
    person: automatic ? 'approves' : pickPerson(chance),
    reload: pickReload(chance),
    storesMeanwhile: chance.int(3) === 0,
  } as const;
  const kills = Array.from({ length: pickCount(chance) }, (_, at) => pickMoment(chance, round, usual, at));
  return { ...round, kills };
}

const pickPerson = (chance: Chance): Round['person'] =>
  chance.pick(['approves', 'approves', 'approves', 'approves', 'approves', 'approves', 'rejects', 'cancels']);

function pickReload(chance: Chance): Reload {
  const at = chance.int(100);
  if (at < 12) return 'swallowed once';
  if (at < 16) return 'swallowed';
  return at < 19 ? 'refused' : 'works';
}

const pickCount = (chance: Chance): number => chance.pick([1, 1, 1, 1, 1, 1, 2, 2, 2, 3]);

function pickMoment(chance: Chance, round: Omit<Round, 'kills'>, usual: UsualTimes, at: number): Moment {
  if (at > 0 && chance.int(3) === 0) return { after: 'start', ms: chance.int(usual.startMs) };
  const ms = chance.int(4) === 0 ? chance.int(20) : 0;
  // the first steps were taken before an earlier kill
  const share = at === 0 ? 1 : 0.6;
  switch (chance.int(4)) {
    case 0:
      return { after: 'commits', count: 1 + chance.int(Math.ceil(70 * share)), ms };
    case 1:
      return { after: 'files', count: 1 + chance.int(Math.ceil(40 * share)), ms };
    default:
      return { after: 'time', ms: chance.int(Math.ceil(usual.of(round) * share)) };
  }
}

export function saysRound(round: Omit<Round, 'kills'>): string {
  const { target, authority, keyPlace, reason, person, reload, storesMeanwhile } = round;
  return `${reason} for ${target.endpoint} from the authority "${authority}", key made ${keyPlace === 'agent' ? 'in the agent' : 'at the endpoint'}, a person ${person}, reload ${reload}${storesMeanwhile ? ', storing meanwhile' : ''}`;
}
