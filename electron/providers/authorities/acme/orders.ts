import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { OrderRequest, OrderTools } from '../authority.ts';
import type { Accounts } from './account.ts';
import type { AcmeAnswer, AcmeClient } from './client.ts';
import { type AcmeHandle, newHandle } from './handle.ts';
import { identifiersOf, sortedIdentifiers } from './identifiers.ts';
import { isAbsent } from './refusal.ts';
import { mayBeAboutReplaces, replacedId } from './replaces.ts';
import { type AcmeOrder, acmeOrder, type Directory, ordersList, readAs } from './wire.ts';

/** An order as the CA last showed it. */
export interface SeenOrder {
  order: AcmeOrder;
  retryAfterMs: number | null;
}

/**
 * How much of the CA's list an order with a lost answer is looked for in. It was placed moments ago, and RFC 8555 (7.1.2.1)
 * does not say at which end of the list that is; Pebble has three orders on a page, oldest first.
 */
const searched = { pages: 200, orders: 60 };
const justPlacedMs = 2000;
/** An order nobody looked at for this long was given up: its URL may serve another request. */
const claimLifeMs = 15 * 60_000;

interface OrdersParts {
  settings: AcmeSettings;
  client: AcmeClient;
  accounts: Accounts;
  clock: Clock;
  log: Log;
}

/** Placing and finding orders. An order URL belongs to one of our orders at a time, even when the CA gives it out twice. */
export class Orders {
  readonly #settings: AcmeSettings;
  readonly #client: AcmeClient;
  readonly #accounts: Accounts;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #claims = new Map<string, { owner: string; at: number }>();
  readonly #placed = new Map<string, { seen: SeenOrder; at: number }>();

  constructor(parts: OrdersParts) {
    this.#settings = parts.settings;
    this.#client = parts.client;
    this.#accounts = parts.accounts;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** The order as `place` just saw it, once: saves asking for what was said a moment ago. */
  justPlaced(url: string): SeenOrder | null {
    const known = this.#placed.get(url);
    this.#placed.delete(url);
    return known !== undefined && this.#clock.monotonic() - known.at < justPlacedMs ? known.seen : null;
  }

  release(url: string): void {
    this.#claims.delete(url);
  }

  /** False when another of our orders works on this URL. */
  claim(url: string, orderId: string): boolean {
    if ((this.#ownerOf(url) ?? orderId) !== orderId) return false;
    this.#claims.set(url, { owner: orderId, at: this.#clock.monotonic() });
    return true;
  }

  /** Places an order, or finds the one a lost answer was about (`known` still `placing`). */
  async place(request: OrderRequest, known: AcmeHandle | null, tools: OrderTools): Promise<AcmeHandle> {
    const directory = await this.#client.directory();
    const profile = chosenProfile(directory, request, this.#settings, this.#client.ca);
    await this.#accounts.get(tools.signal);
    const intent: AcmeHandle = {
      ...newHandle(this.#clock.now()),
      replaced: known?.replaced ?? 0,
      provisions: known?.provisions ?? [],
    };
    tools.remember(intent);
    const found = known?.phase === 'placing' ? await this.#findOpen(request, profile, tools.signal) : null;
    const { url, seen } = found ?? (await this.#newOrder(directory, request, profile, tools.signal));
    if (!this.claim(url, request.orderId)) throw shared(this.#client.ca, request);
    this.#placed.set(url, { seen, at: this.#clock.monotonic() });
    const handle: AcmeHandle = { ...intent, phase: 'placed', orderUrl: url };
    tools.remember(handle);
    return handle;
  }

  async fetch(url: string, request: OrderRequest, signal: AbortSignal): Promise<SeenOrder> {
    return seenIn(
      await this.#accounts.post(url, null, { asked: askedFor(request), signal }),
      this.#client.ca,
    );
  }

  #ownerOf(url: string): string | null {
    const known = this.#claims.get(url);
    return known === undefined || this.#clock.monotonic() - known.at > claimLifeMs ? null : known.owner;
  }

  async #newOrder(
    directory: Directory,
    request: OrderRequest,
    profile: string | null,
    signal: AbortSignal,
  ): Promise<{ url: string; seen: SeenOrder }> {
    const payload = {
      identifiers: identifiersOf(request.names),
      ...(profile === null ? {} : { profile }),
      ...(request.terms.days === null
        ? {}
        : { notAfter: new Date(this.#clock.now() + request.terms.days * 86_400_000).toISOString() }),
    };
    const replaces = replacedId(directory, request);
    const asking = { asked: askedFor(request), signal };
    const post = (body: object) =>
      this.#accounts.post(directory.newOrder, body, asking).catch((thrown: unknown) => {
        if ('replaces' in body || !isAbsent(asFailure(thrown))) throw thrown;
        this.#client.forgetDirectory();
        throw asLater(asFailure(thrown));
      });
    const answer = await (replaces === null
      ? post(payload)
      : post({ ...payload, replaces }).catch((thrown: unknown) => {
          if (!mayBeAboutReplaces(asFailure(thrown))) throw thrown;
          this.#log.info('the CA does not take "replaces" for this order, ordering without', {
            ca: this.#client.ca,
          });
          return post(payload);
        }));
    const seen = seenIn(answer, this.#client.ca);
    if (answer.location === null)
      throw new Failure(
        'acme.unexpected-answer',
        `The CA ${this.#client.ca} did not return an address for the new order.`,
      );
    return { url: answer.location, seen };
  }

  /** The open order for exactly these names in the CA's own list, when it keeps one. */
  async #findOpen(
    request: OrderRequest,
    profile: string | null,
    signal: AbortSignal,
  ): Promise<{ url: string; seen: SeenOrder } | null> {
    const wanted = sortedIdentifiers(identifiersOf(request.names));
    for (const url of await this.#listedOrders(signal)) {
      if ((this.#ownerOf(url) ?? request.orderId) !== request.orderId) continue;
      const seen = await this.fetch(url, request, signal).catch((thrown: unknown) => {
        if (asFailure(thrown).about !== 'authority') throw thrown;
        return null;
      });
      if (seen === null) continue;
      const open = seen.order.status === 'pending' || seen.order.status === 'ready';
      const sameProfile = profile === null || seen.order.profile === profile;
      if (open && sameProfile && sortedIdentifiers(seen.order.identifiers) === wanted) return { url, seen };
    }
    return null;
  }

  async #listedOrders(signal: AbortSignal): Promise<string[]> {
    const urls = new Set<string>();
    const pages = new Set<string>();
    const asking = { asked: 'the list of orders', signal };
    try {
      let page = await this.#accounts.ordersUrl(signal);
      while (page !== null && !pages.has(page) && pages.size < searched.pages) {
        pages.add(page);
        const answer: AcmeAnswer = await this.#accounts.post(page, null, asking);
        for (const url of readAs(ordersList, answer.body, 'list of orders', this.#client.ca).orders)
          urls.add(url);
        page = answer.links('next')[0] ?? null;
      }
    } catch (thrown) {
      if (asFailure(thrown).about !== 'authority') throw thrown;
      this.#log.debug('the CA does not list orders', {
        ca: this.#client.ca,
        because: asFailure(thrown).message,
      });
    }
    if (urls.size > searched.orders || pages.size === searched.pages)
      this.#log.info('the CA lists more orders than are searched for the one whose answer was lost', {
        ca: this.#client.ca,
        listed: urls.size,
        searched: searched.orders,
      });
    return fromBothEnds([...urls]).slice(0, searched.orders);
  }
}

/** Last, first, last but one, second …: the newest are near one of the ends. */
function fromBothEnds(urls: readonly string[]): string[] {
  return urls.map((_, at) => urls.at(at % 2 === 0 ? -1 - at / 2 : (at - 1) / 2) ?? '');
}

/** The address for new orders is in the directory: not there means that either is out of date. */
function asLater(failure: Failure): Failure {
  const hint = 'Trustkeep will read the directory again and try again automatically.';
  return failure.saying(failure.message, { hint, retry: 'later' });
}

export function askedFor(request: Pick<OrderRequest, 'names'>): string {
  return `the order for ${request.names.join(', ')}`;
}

export function seenIn(answer: AcmeAnswer, ca: string): SeenOrder {
  return { order: readAs(acmeOrder, answer.body, 'order', ca), retryAfterMs: answer.retryAfterMs };
}

function chosenProfile(
  directory: Directory,
  request: OrderRequest,
  settings: AcmeSettings,
  ca: string,
): string | null {
  const profile = request.terms.profile ?? settings.profile;
  const offered = Object.keys(directory.meta?.profiles ?? {});
  if (profile === null || offered.includes(profile)) return profile;
  throw profileNotOffered(ca, profile, offered);
}

export function profileNotOffered(ca: string, profile: string, offered: readonly string[]): Failure {
  const list = offered.length === 0 ? 'none' : offered.join(', ');
  return new Failure(
    'acme.invalid-profile',
    `The CA ${ca} does not offer the certificate profile "${profile}"; it offers: ${list}.`,
    { hint: 'Choose one of those, or leave the certificate profile empty to let the CA choose.' },
  );
}

/** Some CAs give an open order of the same names out again. The key in it can only be one. */
function shared(ca: string, request: OrderRequest): Failure {
  return new Failure(
    'acme.order-shared',
    `The CA ${ca} returned one order for two requests for ${request.names.join(', ')}.`,
    {
      hint: 'Trustkeep will finish the first request and then place the second automatically.',
    },
  );
}
