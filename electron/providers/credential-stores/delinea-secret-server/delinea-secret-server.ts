import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { DelineaSettings } from '#shared/catalog/credential-stores/delinea-secret-server.ts';
import type { Http } from '../../../net/http.ts';
import { type JsonAnswer, unexpectedAnswer } from '../common/over-http.ts';
import { makeVerify, readToVerify } from '../common/verify.ts';
import type { CredentialStore, StoredCredential, StoreState } from '../credential-store.ts';
import { baseUrl, parsePlace, type SecretPlace } from './address.ts';
import { type ApiCall, type ApiClient, makeApiClient } from './client.ts';
import { type Demand, demandFailure, demandIn, refusedSecret, wantsComment } from './demands.ts';
import { credentialOf } from './fields.ts';
import { userName } from './login.ts';
import { type DelineaSession, makeDelineaSession } from './session.ts';
import { type FoundSecret, secret, secretState, wordsOf } from './wire.ts';

interface DelineaParts {
  /** `cs_…` */
  id: string;
  settings: DelineaSettings;
  state: StoreState;
  http: Http;
  clock: Clock;
  log: Log;
}

/** A secret as it was opened, and the body that opened it when it is a restricted one. */
interface Opened {
  found: FoundSecret;
  restricted: object | null;
}

/**
 * A Delinea (Thycotic) Secret Server. A plain read never checks anything out. A restricted secret is opened with the
 * comment of the settings, which may check it out; it is not checked in again here, because what was read is used
 * after the read and a check-in may change the password: Secret Server takes it back when its time is over.
 */
export class DelineaStore implements CredentialStore {
  readonly description: string;
  readonly verify: CredentialStore['verify'];
  readonly #settings: DelineaSettings;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #session: DelineaSession;
  readonly #api: ApiClient;

  constructor({ settings, state, http, clock, log }: DelineaParts) {
    const base = baseUrl(settings.url);
    const { host, pathname } = new URL(base);
    const who = `Delinea Secret Server at ${host}${pathname === '/' ? '' : pathname}`;
    const { trustedRootsPem, verify: probe } = settings;
    this.description = who;
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
    this.#session = makeDelineaSession({ settings, base, who, state, http, clock, log });
    this.#api = makeApiClient({ who, trustedRootsPem, session: this.#session, http, clock });
    this.verify = makeVerify({
      ...{ http, url: base, trustedRootsPem, clock, logIn: (signal) => this.#logIn(signal) },
      read: probe === null ? null : (signal) => readToVerify(this.read(probe, signal), `secret "${probe}"`),
    });
  }

  async close(): Promise<void> {
    this.#session.close();
  }

  async read(id: string, signal?: AbortSignal): Promise<StoredCredential> {
    const place = parsePlace(id);
    const what = `Secret "${id.trim()}" of ${this.description}`;
    const { found, restricted } = await this.#open(place, what, signal);
    if (found.active === false) throw demandFailure('RequiresUndelete', what, false);
    return credentialOf(found, what, (slug) =>
      this.#api.content(fieldCall(found.id, slug, restricted, signal)),
    );
  }

  async #open(place: SecretPlace, what: string, signal: AbortSignal | undefined): Promise<Opened> {
    const call = (more: Partial<ApiCall>): ApiCall => ({
      ...{ method: 'GET', path: `secrets/${place.id}`, signal, ...more },
      query: { ...(place.path === null ? {} : { secretPath: place.path }), ...more.query },
    });
    const plain = await this.#api.ask(call({ query: { noAutoCheckout: 'true' } }));
    const demand =
      demandOf(plain) ??
      (await this.#demandByState(plain, () => call({ path: `secrets/${place.id}/state` })));
    if (demand === null) return { found: this.#secretIn(plain, what), restricted: null };
    const { comment } = this.#settings;
    if (comment === null || !wantsComment(demand)) throw demandFailure(demand, what, false);
    const body = { comment, forceCheckIn: false, includeInactive: false, noAutoCheckout: false };
    this.#log.info('a restricted secret is opened with a comment', {
      store: this.description,
      place: place.path ?? place.id,
      demand,
    });
    const opened = await this.#api.ask(
      call({ method: 'POST', path: `secrets/${place.id}/restricted`, body }),
    );
    const more = demandOf(opened);
    if (more !== null) throw demandFailure(more, what, true);
    return { found: this.#secretIn(opened, what), restricted: body };
  }

  /** A refusal may hide a demand: the state of the secret tells. */
  async #demandByState(answer: JsonAnswer, state: () => ApiCall): Promise<Demand | null> {
    if (answer.status !== 400 && answer.status !== 403) return null;
    if (wordsOf(answer.json) === '') return null;
    const told = await this.#api.ask(state());
    const found = secretState.safeParse(told.json);
    return told.status === 200 && found.success ? demandIn(found.data.secretState) : null;
  }

  #secretIn(answer: JsonAnswer, what: string): FoundSecret {
    if (answer.status !== 200) throw refusedSecret(answer, what, this.description);
    const found = secret.safeParse(answer.json);
    if (!found.success) throw unexpectedAnswer(this.description, answer, 'no secret with items');
    return found.data;
  }

  /** Always a new login: whether that works is the question. */
  async #logIn(signal?: AbortSignal): Promise<string> {
    this.#session.forget();
    const { endsAt, platform } = await this.#session.get(signal);
    const minutes = Math.max(1, Math.round((endsAt - this.#clock.now()) / 60_000));
    const where = platform ? ' to the Delinea Platform' : '';
    return `Logged in${where} as ${userName(this.#settings)}; the token is valid for ${minutes} minutes.`;
  }
}

/** What an answer says that the secret demands: in its codes when it is a secret, in its words when it is a refusal. */
function demandOf(answer: JsonAnswer): Demand | null {
  if (answer.status !== 200) return demandIn(wordsOf(answer.json));
  const found = secret.safeParse(answer.json);
  return found.success ? demandIn(...(found.data.responseCodes ?? [])) : null;
}

function fieldCall(id: number, slug: string, restricted: object | null, signal?: AbortSignal): ApiCall {
  const field = encodeURIComponent(slug);
  return restricted === null
    ? { method: 'GET', path: `secrets/${id}/fields/${field}`, signal }
    : { method: 'POST', path: `secrets/${id}/restricted/fields/${field}`, body: restricted, signal };
}
