import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { ValidationSettings } from '#shared/catalog/authorities/acme-validation.ts';
import { Failure } from '#shared/failure.ts';
import type { Dns } from '../../../net/dns.ts';
import { placeOfRecord, type RecordPlace } from './dns-place.ts';
import { type Shown, shownAtServers, shownByResolvers } from './dns-shown.ts';
import type { Provision } from './handle.ts';
import { recordOf } from './key-authorization.ts';

/** Whether the CA may be told that the records are there. */
export type Spread =
  /** `sentence`: what was asked and answered; null: nothing was asked. */
  { ready: true; sentence: string | null } | { ready: false; afterMs: number; sentence: string };

interface SpreadingParts {
  validation: ValidationSettings;
  dns: Dns;
  clock: Clock;
  log: Log;
}

/** One record as it must be seen: two names may have theirs at one place (a name and its wildcard). */
interface Wanted {
  record: string;
  values: Set<string>;
  /** When the last value was added, epoch milliseconds. */
  addedAt: number;
}

/** [since the record was added, wait]: most services show it in seconds, some copy it to their servers every minute. */
const askWaits: readonly (readonly [number, number])[] = [
  [10_000, 1_000],
  [60_000, 5_000],
  [Number.POSITIVE_INFINITY, 15_000],
];

/** Waits until records have spread: to every name server that is authoritative for them, or for a fixed time. Safe concurrently. */
export class Spreading {
  readonly #parts: SpreadingParts;
  /** Where each record is kept since it was added, as long as its servers answer: a zone may move until the next order. */
  readonly #places = new Map<string, { addedAt: number; place: RecordPlace }>();
  /** How long each record had been there when this process first asked for it, and when that was, monotonic. */
  readonly #seen = new Map<string, { addedAt: number; agedMs: number; at: number }>();

  constructor(parts: SpreadingParts) {
    this.#parts = parts;
  }

  /** Asks once. Rejects with `acme.dns-record-not-shown` when the wait that is set is over, and `acme.dns-alias-loop`. */
  async state(provisions: readonly Provision[], signal: AbortSignal): Promise<Spread> {
    const { validation } = this.#parts;
    if (validation.method !== 'dns-01-script') return { ready: true, sentence: null };
    const all = wantedOf(provisions);
    const states = await Promise.all(
      all.map((wanted) =>
        validation.waitSeconds === 0
          ? this.#fixed(wanted, validation.propagationSeconds, null)
          : this.#asked(wanted, validation, signal),
      ),
    );
    const open = states.filter((state) => !state.ready);
    const sentence = sentences(open.length > 0 ? open : states);
    if (open.length === 0) return { ready: true, sentence };
    return {
      ready: false,
      afterMs: Math.max(...open.map(({ afterMs }) => afterMs)),
      sentence: sentence ?? '',
    };
  }

  async #asked(
    wanted: Wanted,
    { waitSeconds, propagationSeconds }: { waitSeconds: number; propagationSeconds: number },
    signal: AbortSignal,
  ): Promise<Spread> {
    const { dns, log } = this.#parts;
    const { record, values, addedAt } = wanted;
    const known = this.#places.get(record);
    const place = known?.addedAt === addedAt ? known.place : await placeOfRecord(dns, record, signal);
    const shown = await shownAtServers(dns, place, values, signal);
    log.debug('asked for a record', { record, ...shown });
    if (shown.state === 'unknown') this.#places.delete(record);
    else this.#places.set(record, { addedAt, place });
    switch (shown.state) {
      case 'shown':
        return { ready: true, sentence: shown.sentence };
      case 'unknown':
        if (await shownByResolvers(dns, place, values, signal))
          return {
            ready: true,
            sentence: `${shown.sentence} The resolver of this machine shows the record.`,
          };
        return this.#fixed(wanted, propagationSeconds, shown.sentence);
      case 'missing': {
        const since = this.#since(wanted);
        const left = waitSeconds * 1000 - since;
        if (left <= 0) throw notShown(wanted, waitSeconds, shown);
        const wait = askWaits.find(([until]) => since < until)?.[1] ?? left;
        return { ready: false, afterMs: Math.min(wait, left), sentence: shown.sentence };
      }
    }
  }

  /**
   * Milliseconds since it was added. Only a record of before this process was there is told by the wall clock, which may have
   * been set since: back, and it was added now; forward, and it was added earlier.
   */
  #since({ record, addedAt }: Wanted): number {
    const { clock } = this.#parts;
    const at = clock.monotonic();
    const known = this.#seen.get(record);
    if (known?.addedAt === addedAt) return known.agedMs + at - known.at;
    const agedMs = Math.max(0, clock.now() - addedAt);
    this.#seen.set(record, { addedAt, agedMs, at });
    return agedMs;
  }

  /** Whatever anyone shows: told when the time that is set for it is over. `said`: why nothing better is known. */
  #fixed(wanted: Wanted, propagationSeconds: number, said: string | null): Spread {
    const { record } = wanted;
    const left = propagationSeconds * 1000 - this.#since(wanted);
    if (left <= 0)
      return {
        ready: true,
        sentence:
          said === null
            ? null
            : `${said} The CA was told ${propagationSeconds} s after it was added, as set.`,
      };
    const waiting = `Waiting for the DNS record ${record} to spread, ${propagationSeconds} s after it was added.`;
    return { ready: false, afterMs: left, sentence: said === null ? waiting : `${said} ${waiting}` };
  }
}

function wantedOf(provisions: readonly Provision[]): Wanted[] {
  const all = new Map<string, Wanted>();
  for (const provision of provisions) {
    if (provision.by !== 'dns-script') continue;
    const { record, value } = recordOf(provision.name, provision.keyAuthorization);
    const wanted = all.get(record) ?? { record, values: new Set(), addedAt: 0 };
    wanted.values.add(value);
    wanted.addedAt = Math.max(wanted.addedAt, provision.addedAt ?? 0);
    all.set(record, wanted);
  }
  return [...all.values()];
}

function sentences(states: readonly Spread[]): string | null {
  const said = states.flatMap(({ sentence }) => (sentence === null ? [] : [sentence]));
  const more = said.length > 3 ? [`${said.length - 3} more records were asked for.`] : [];
  return said.length === 0 ? null : [...said.slice(0, 3), ...more].join(' ');
}

function notShown({ record }: Wanted, waitSeconds: number, { sentence }: Shown): Failure {
  return new Failure(
    'acme.dns-record-not-shown',
    `The DNS record ${record} had not reached all of its name servers ${waitSeconds} s after it was added. ${sentence}`,
    {
      hint: 'Check that the DNS add script sets the record in the right zone, or increase dns_wait_seconds. Where the CA asks other name servers than this machine (split DNS), set dns_wait_seconds to 0 to wait for dns_propagation_seconds instead. The CA was not asked to check.',
    },
  );
}
