import { randomUUID } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import type { Access, AskOptions } from './access.ts';
import {
  BadSoap,
  type Received,
  readAnswer,
  readCommandId,
  readReceived,
  readShellId,
  type SoapAnswer,
  type SoapFault,
} from './answer.ts';
import { bodies, type EnvelopeInput, writeEnvelope } from './envelope.ts';
import { broken } from './failures.ts';
import { type FaultKind, faultFailure, kindOf } from './faults.ts';
import { addressOf } from './place.ts';
import type { WinrmTalk } from './talk.ts';
import { terminate } from './words.ts';

/** As Windows asks for since 2012: the default limit of a service. */
const maxAnswer = 512_000;
/** The service answers by itself before; what it does not answer this much later is lost. */
const graceMs = 10_000;
/** For everything that does not wait for a program. */
const usualMs = 20_000;
/** A shell that no one uses for so long is ended by the service: what we lose sight of does not stay. */
const idleSeconds = 300;
/** Before a message that was turned away for want of room is sent again. Nothing was done with it. */
const roomWaits = [250, 1000, 3000];
const noRoom: readonly FaultKind[] = ['throttled', 'operations'];

/** The service said a fault. What it means depends on what was asked for. */
export class Faulted extends Error {
  readonly fault: SoapFault;
  readonly kind: FaultKind;
  constructor(fault: SoapFault) {
    super('the service answered with a fault');
    this.fault = fault;
    this.kind = kindOf(fault);
  }
}

interface Asked
  extends Pick<EnvelopeInput, 'action' | 'shellId' | 'body' | 'options'>,
    Omit<SendOptions, 'meanwhile'> {}

interface SendOptions extends Pick<AskOptions, 'signal' | 'onSending' | 'meanwhile'> {
  operationMs?: number;
  repeat?: boolean;
}

/** A message that is made. */
export interface Message {
  id: string;
  bytes: Buffer;
}

/** What may be asked of the service, over any connection to it. Each rejects with `Faulted`, a Failure, or the signal's reason. */
export class WinrmService {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  /** Opens a shell and gives the ID under which the service knows it: the given one where it goes by it. */
  async create(
    talk: WinrmTalk,
    shellId: string,
    { signal, onSending }: Pick<AskOptions, 'signal' | 'onSending'>,
  ): Promise<string> {
    const options = [
      ['WINRS_NOPROFILE', 'TRUE'],
      ['WINRS_CODEPAGE', '65001'],
    ] as const;
    const body = bodies.create(shellId, idleSeconds);
    return readShellId(
      await this.#ask(talk, { action: 'create', shellId: null, body, options, signal, onSending }),
    );
  }

  /** Starts a program; its ID as the service knows it. */
  async command(
    talk: WinrmTalk,
    shellId: string,
    [program, ...args]: readonly [string, ...string[]],
    commandId: string,
    signal?: AbortSignal,
  ): Promise<string> {
    const options = [
      ['WINRS_CONSOLEMODE_STDIN', 'FALSE'],
      ['WINRS_SKIP_CMD_SHELL', 'FALSE'],
    ] as const;
    const body = bodies.command(commandId, program, args);
    return readCommandId(await this.#ask(talk, { action: 'command', shellId, body, options, signal }));
  }

  /** A part of what a program reads, to be sent. */
  part({ shellId, commandId }: ProgramIds, part: Uint8Array, end: boolean): Message {
    return this.#make({ action: 'send', shellId, body: bodies.send(commandId, part, end) });
  }

  /** `following`: makes the part after it, while this one is on its way; null: there is none. */
  async send(
    talk: WinrmTalk,
    made: Message,
    following: () => Message | null,
    signal?: AbortSignal,
  ): Promise<void> {
    const meanwhile = () => following()?.bytes ?? null;
    const { fault } = await this.#once(talk, made, { meanwhile, signal });
    if (fault !== null) throw new Faulted(fault);
  }

  /** What was printed since; null: nothing within `waitMs` (at least 500). */
  async receive(
    talk: WinrmTalk,
    ids: ProgramIds,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<Received | null> {
    const operationMs = Math.max(500, Math.round(waitMs));
    const body = bodies.receive(ids.commandId);
    const options = [['WSMAN_CMDSHELL_OPTION_KEEPALIVE', 'TRUE']] as const;
    try {
      const answer = await this.#ask(talk, {
        action: 'receive',
        shellId: ids.shellId,
        body,
        options,
        operationMs,
        signal,
      });
      return readReceived(answer, ids.commandId);
    } catch (thrown) {
      if (thrown instanceof Faulted && thrown.kind === 'nothing-yet') return null;
      throw thrown;
    }
  }

  /** Ends a program, and what the service keeps of one that has ended. */
  async signal(talk: WinrmTalk, { shellId, commandId }: ProgramIds): Promise<void> {
    await this.#ask(talk, {
      action: 'signal',
      shellId,
      body: bodies.signal(commandId, terminate),
      repeat: true,
    });
  }

  async delete(talk: WinrmTalk, shellId: string): Promise<void> {
    await this.#ask(talk, { action: 'delete', shellId, body: '', repeat: true });
  }

  /** A message that was turned away for want of room is sent again. */
  async #ask(talk: WinrmTalk, asked: Asked): Promise<SoapAnswer> {
    for (let turn = 0; ; turn += 1) {
      const answer = await this.#once(talk, this.#make(asked), asked);
      if (answer.fault === null) return answer;
      const faulted = new Faulted(answer.fault);
      if (!(await this.madeRoom(faulted, turn, asked.signal))) throw faulted;
    }
  }

  #make({ action, shellId, body, options, operationMs = usualMs }: Asked): Message {
    const id = randomUUID().toUpperCase();
    const to = addressOf(this.#access.place);
    const given = { action, to, messageId: id, operationMs, maxAnswer, shellId, options, body };
    return { id, bytes: writeEnvelope(given) };
  }

  async #once(talk: WinrmTalk, message: Message, options: SendOptions): Promise<SoapAnswer> {
    const { operationMs = usualMs, repeat = false, signal, onSending, meanwhile } = options;
    const sent = { repeat, signal, onSending, meanwhile };
    const limits = { timeoutMs: operationMs + graceMs, maxBytes: maxAnswer * 2 };
    const bytes = await talk.ask(message.bytes, { ...sent, ...limits });
    try {
      const answer = readAnswer(bytes);
      const expected = `uuid:${message.id}`;
      const isOurs = answer.relatesTo?.toUpperCase() === expected.toUpperCase();
      if (isOurs || (answer.relatesTo === null && answer.fault !== null)) return answer;
      throw new BadSoap('the answer to another message');
    } catch (thrown) {
      talk.end();
      throw broken(thrown, this.#access.place, this.#access.description);
    }
  }

  /** Waits when a part was turned away for want of room, for the `turn`th time; false: that is not why, or it was too often. */
  async madeRoom(thrown: unknown, turn: number, signal?: AbortSignal): Promise<boolean> {
    const wait = roomWaits[turn];
    if (wait === undefined || !(thrown instanceof Faulted && noRoom.includes(thrown.kind))) return false;
    await this.#access.clock.sleep(wait, signal);
    return true;
  }

  /** Whatever was thrown as a Failure, or as the reason of the signal. */
  failureOf(thrown: unknown): unknown {
    if (thrown instanceof Failure) return thrown;
    if (thrown instanceof Faulted) return faultFailure(thrown.fault, this.#access.place);
    return broken(thrown, this.#access.place, this.#access.description);
  }
}

/** By which the service knows a program. */
export interface ProgramIds {
  shellId: string;
  commandId: string;
}

/** For a part of what a program reads, as long as its message stays below the limit of a service. */
export const partBytes = (limit: number): number => Math.floor(((limit - messageOverhead) / 4) * 3);
/** Everything of a message but the content. */
const messageOverhead = 4096;
