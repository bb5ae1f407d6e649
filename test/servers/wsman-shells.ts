import { randomUUID } from 'node:crypto';
import { Command, type Program } from './wsman-command.ts';
import { childOf, escaped, type Message, spaces, Wrong } from './wsman-soap.ts';

interface ShellLimits {
  /** MaxShellsPerUser. */
  shells: number;
  /** MaxProcessesPerShell: programs that run. */
  processes: number;
  /** MaxConcurrentCommandsPerShell: programs that no one has signalled, ended ones too. */
  commands: number;
  /** Bytes of one Stream element in an answer. */
  streamBytes: number;
}

interface Shell {
  id: string;
  user: string;
  usedAt: number;
  idleMs: number;
  commands: Map<string, Command>;
}

const noShell = (id: string | null) =>
  new Wrong(
    `The request for the Windows Remote Shell with ShellId ${id} failed because the shell was not found on the server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the server. Provide the correct ShellId or create a new shell and retry the operation.`,
    2150858843,
    'w:InvalidSelectors',
  );

const schema = (what: string) =>
  new Wrong(
    `The SOAP XML in the message does not match the schema: ${what}.`,
    2150858817,
    'w:SchemaValidationError',
  );

const unknownProgram: Program = async ({ argv, write }) => {
  write(
    'stderr',
    `'${argv[0]}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n`,
  );
  return 1;
};

/** The shells of a service and what runs in them. */
export class Shells {
  readonly open = new Map<string, Shell>();
  /** How many there were in all. */
  made = 0;
  readonly limits: ShellLimits;
  readonly #program: (argv: readonly string[]) => Program | undefined;
  #now = 0;

  constructor(limits: ShellLimits, program: (argv: readonly string[]) => Program | undefined) {
    this.limits = limits;
    this.#program = program;
  }

  /** Time passes for the shells alone. */
  advance(ms: number): void {
    this.#now += ms;
    for (const shell of [...this.open.values()])
      if (this.#now - shell.usedAt > shell.idleMs) this.kill(shell.id);
  }

  /** Somebody on the host ends it. */
  kill(id: string): void {
    for (const command of this.open.get(id)?.commands.values() ?? []) command.stop();
    this.open.delete(id);
  }

  killAll(): void {
    for (const id of [...this.open.keys()]) this.kill(id);
  }

  get running(): number {
    return [...this.open.values()].reduce((sum, { commands }) => sum + commands.size, 0);
  }

  create({ body, options }: Message, user: string): string {
    const asked = childOf(body, 'shell', 'Shell');
    if (childOf(asked, 'shell', 'InputStreams')?.text !== 'stdin') throw schema('InputStreams');
    if (childOf(asked, 'shell', 'OutputStreams')?.text !== 'stdout stderr') throw schema('OutputStreams');
    if (options.has('WINRS_CODEPAGE') && !/^\d+$/.test(options.get('WINRS_CODEPAGE') ?? ''))
      throw schema('WINRS_CODEPAGE');
    const mine = [...this.open.values()].filter((shell) => shell.user === user);
    if (mine.length >= this.limits.shells)
      throw new Wrong(
        `The WS-Management service cannot process the request. This user is allowed a maximum number of ${this.limits.shells} concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user.`,
        2150859173,
        'w:QuotaLimit',
      );
    const id = asked?.attributes.get('ShellId') ?? randomUUID().toUpperCase();
    if (this.open.has(id))
      throw new Wrong('A shell of this ID is there already.', 2150858816, 'w:AlreadyExists');
    const [, idle = '180'] =
      /^PT(\d+)(?:\.\d+)?S$/.exec(childOf(asked, 'shell', 'IdleTimeOut')?.text ?? 'PT180S') ?? [];
    this.open.set(id, { id, user, usedAt: this.#now, idleMs: Number(idle) * 1000, commands: new Map() });
    this.made++;
    const selector = `<w:SelectorSet><w:Selector Name="ShellId">${id}</w:Selector></w:SelectorSet>`;
    return `<x:ResourceCreated><a:Address>http://web1/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>${spaces.shell}/cmd</w:ResourceURI>${selector}</a:ReferenceParameters></x:ResourceCreated><rsp:Shell><rsp:ShellId>${id}</rsp:ShellId><rsp:ResourceUri>${spaces.shell}/cmd</rsp:ResourceUri><rsp:Owner>${escaped(user)}</rsp:Owner><rsp:ClientIP>127.0.0.1</rsp:ClientIP><rsp:IdleTimeOut>PT${idle}.000S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams><rsp:ShellRunTime>P0DT0H0M0S</rsp:ShellRunTime><rsp:ShellInactivity>P0DT0H0M0S</rsp:ShellInactivity></rsp:Shell>`;
  }

  command({ body, shellId, options }: Message, user: string): string {
    const shell = this.#shell(shellId, user);
    const line = childOf(body, 'shell', 'CommandLine');
    const command = childOf(line, 'shell', 'Command')?.text;
    if (command === undefined) throw schema('Command');
    if (options.get('WINRS_SKIP_CMD_SHELL')?.toUpperCase() === 'TRUE')
      throw schema('no command interpreter is not supported');
    const args = (line?.children ?? [])
      .filter(({ name }) => name === `{${spaces.shell}}Arguments`)
      .map(({ text }) => text);
    if ([command, ...args].join(' ').length > 8191)
      throw new Wrong('The command line is too long.', 2147942606, 'w:InternalError');
    const running = [...shell.commands.values()].filter(({ exitCode }) => exitCode === null).length;
    if (shell.commands.size >= this.limits.commands || running >= this.limits.processes)
      throw new Wrong(
        'The WS-Management service cannot process the request. The maximum number of concurrent commands per shell has been exceeded. Retry the request later or raise the Maximum Commands per Shell quota.',
        2150859241,
        'w:InternalError',
      );
    const id = line?.attributes.get('CommandId') ?? randomUUID().toUpperCase();
    const argv = [command, ...args].join(' ').split(' ');
    const program: Program = this.#program(argv) ?? unknownProgram;
    shell.commands.set(id, new Command(id, argv, program));
    return `<rsp:CommandResponse><rsp:CommandId>${id}</rsp:CommandId></rsp:CommandResponse>`;
  }

  send({ body, shellId }: Message, user: string): string {
    const shell = this.#shell(shellId, user);
    const stream = childOf(childOf(body, 'shell', 'Send'), 'shell', 'Stream');
    const part = Buffer.from(stream?.text ?? '', 'base64');
    const isBase64 = part.length === Buffer.byteLength(stream?.text ?? '', 'base64');
    if (stream?.attributes.get('Name') !== 'stdin' || !isBase64) throw schema('Stream');
    const end = stream.attributes.get('End')?.toLowerCase() === 'true';
    this.#command(shell, stream.attributes.get('CommandId')).send(part, end);
    return '<rsp:SendResponse/>';
  }

  /** Null: nothing to say yet. */
  async receive(
    { body, shellId, operationMs, maxEnvelope }: Message,
    user: string,
    gone: AbortSignal,
  ): Promise<string | null> {
    const shell = this.#shell(shellId, user);
    const desired = childOf(childOf(body, 'shell', 'Receive'), 'shell', 'DesiredStream');
    if (desired?.text !== 'stdout stderr') throw schema('DesiredStream');
    const command = this.#command(shell, desired.attributes.get('CommandId'));
    const limit = Math.floor(((maxEnvelope - 4096) * 3) / 4);
    const taken = await command.take(operationMs, limit, gone);
    if (command.stopped)
      throw new Wrong(
        'The I/O operation has been aborted because of either a thread exit or an application request. ',
        995,
        'w:InternalError',
      );
    if (taken === null) return null;
    const { streamBytes } = this.limits;
    const parts = taken.flatMap(({ name, bytes }) =>
      Array.from({ length: Math.ceil(bytes.length / streamBytes) }, (_, at) => ({
        name,
        bytes: bytes.subarray(at * streamBytes, (at + 1) * streamBytes),
      })),
    );
    const streams = parts.map(
      ({ name, bytes }) =>
        `<rsp:Stream Name="${name}" CommandId="${command.id}">${bytes.toString('base64')}</rsp:Stream>`,
    );
    const done = command.exitCode !== null && command.isEmpty;
    const ends = done
      ? ['stdout', 'stderr'].map(
          (name) => `<rsp:Stream Name="${name}" CommandId="${command.id}" End="true"></rsp:Stream>`,
        )
      : [];
    const code = done ? `<rsp:ExitCode>${(command.exitCode ?? 0) >>> 0}</rsp:ExitCode>` : '';
    const state = `<rsp:CommandState CommandId="${command.id}" State="${spaces.shell}/CommandState/${done ? 'Done' : 'Running'}">${code}</rsp:CommandState>`;
    return `<rsp:ReceiveResponse>${streams.join('')}${ends.join('')}${state}</rsp:ReceiveResponse>`;
  }

  signal({ body, shellId }: Message, user: string): string {
    const shell = this.#shell(shellId, user);
    const signal = childOf(body, 'shell', 'Signal');
    const code = childOf(signal, 'shell', 'Code')?.text;
    if (code !== `${spaces.shell}/signal/terminate` && code !== `${spaces.shell}/signal/ctrl_c`)
      throw schema('Code');
    const command = this.#command(shell, signal?.attributes.get('CommandId'));
    command.stop();
    shell.commands.delete(command.id);
    return '<rsp:SignalResponse/>';
  }

  delete({ shellId, body }: Message, user: string): string {
    const shell = this.#shell(shellId, user);
    if ((body?.children.length ?? 0) > 0) throw schema('a Delete has no body');
    this.kill(shell.id);
    return '';
  }

  #shell(id: string | null, user: string): Shell {
    const shell = id === null ? undefined : this.open.get(id);
    if (shell === undefined || shell.user !== user) throw noShell(id);
    shell.usedAt = this.#now;
    return shell;
  }

  #command(shell: Shell, id: string | undefined): Command {
    const command = id === undefined ? undefined : shell.commands.get(id);
    if (command === undefined)
      throw new Wrong(
        'The Windows Remote Shell cannot process the request. The CommandId is not that of a command in this shell.',
        2150858843,
        'w:InvalidSelectors',
      );
    return command;
  }
}
